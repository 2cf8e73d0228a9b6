import { shortDigest } from '../base/hash.js';
import { stableJson } from '../base/stable-json.js';
import { isContainer, type ContainerStep, type ProcessStep, type Step } from '../language/model/pipeline.js';
import type { Fingerprint } from '../state/event.js';
import { reliedOn } from '../state/run-state.js';
import { envDigest } from './context/digests.js';
import { childrenOf, type RecordOf } from './inner-list.js';
import { definitionOf } from './kinds/kinds.js';
import type { StepInputs } from './context/step-inputs.js';

/** What a step's fingerprint takes from around the step. */
export type FingerprintBase = {
  /** Digest of the env that the pipeline and the containers around the step declare. */
  readonly env: string;
  /** Digest of the items and inputs that the lists around the step are for; empty for none. */
  readonly values: string;
  /** Digest of what the step needs; see `needsDigest`. */
  readonly needs: string;
};

/** Identity of a process step's definition and inputs. `reads` is the digest of the files it reads, empty for none. */
export const processFingerprint = (
  step: ProcessStep,
  inputs: StepInputs,
  base: FingerprintBase & { readonly reads: string },
): Fingerprint => ({
  definition: shortDigest(definitionText(inputs.shell === undefined ? step : { ...step, shell: inputs.shell })),
  directory: inputs.workingDirectory === undefined ? '' : shortDigest(inputs.workingDirectory),
  env: envDigest(base.env, inputs.env),
  values: base.values,
  reads: base.reads,
  needs: base.needs,
});

/** Identity of a container, without what it holds. `env` and `values` are the digests down to its own. */
export const containerFingerprint = (step: ContainerStep, base: FingerprintBase): Fingerprint => ({
  definition: shortDigest(definitionText(step)),
  directory: '',
  env: base.env,
  values: base.values,
  reads: '',
  needs: base.needs,
});

const definitionText = (step: Step): string => stableJson([step.kind, ...definitionOf(step)]);

/** One digest that stands for a finished step in the fingerprints of the steps after it. */
export const identityOf = (fingerprint: Fingerprint, children: readonly string[] = []): string =>
  shortDigest(
    [
      fingerprint.definition,
      fingerprint.directory,
      fingerprint.env,
      fingerprint.values,
      fingerprint.reads,
      fingerprint.needs,
      ...children,
    ].join('\n'),
  );

/** What stands for a step as it was recorded, whatever the file says of it now. */
export const recordedIdentity = (step: Step, path: string, record: RecordOf): string => {
  const { status, fingerprint } = reliedOn(record(path)) ?? {};
  if (status === 'skipped' || !isKnown(fingerprint) || neverBegan(step, path, record)) return SKIPPED_IDENTITY;
  const children = isContainer(step) ? childrenOf(step, path, record) : [];
  return identityOf(
    fingerprint,
    children.map((child) => recordedIdentity(child.step, child.path, record)),
  );
};

/** Whether a step that has a record failed before anything of it could run, for an expression that has no value, say. */
export const neverBegan = (step: Step, path: string, record: RecordOf): boolean =>
  isContainer(step)
    ? record(path)?.choice === undefined &&
      childrenOf(step, path, record).every((child) => record(child.path) === undefined)
    : !isKnown(reliedOn(record(path))?.fingerprint);

/** Whether a fingerprint came to be known before its step failed. */
export const isKnown = (fingerprint: Fingerprint | undefined): fingerprint is Fingerprint =>
  fingerprint !== undefined && fingerprint.definition !== '';

/** Stands for a step that was skipped in the fingerprints of the steps after it. */
export const SKIPPED_IDENTITY = 'skipped';

const CHANGES: readonly (readonly [keyof Fingerprint, string])[] = [
  ['definition', 'its definition changed'],
  ['directory', 'its working directory changed'],
  ['env', 'its env changed'],
  ['values', 'its item or inputs changed, or what its expression reads'],
  ['reads', 'a file it reads changed'],
  ['needs', 'what it needs changed'],
];

/** In words, the first part in which two fingerprints differ; undefined when they are equal. */
export const changeBetween = (before: Fingerprint, now: Fingerprint): string | undefined =>
  CHANGES.find(([part]) => before[part] !== now[part])?.[1];
