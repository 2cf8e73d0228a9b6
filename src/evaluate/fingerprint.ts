import { shortDigest } from '../base/hash.js';
import { stableJson } from '../base/stable-json.js';
import { isContainer, type ContainerStep, type ProcessStep, type Step } from '../language/model/pipeline.js';
import type { Fingerprint } from '../state/event.js';
import { reliedOn } from '../state/run-state.js';
import { envDigest } from './context/digests.js';
import { childrenOf, type RecordOf } from './inner-list.js';
import { definitionOf } from './kinds/kinds.js';
import type { StepInputs } from './context/step-inputs.js';

/** The parts of a step's fingerprint that come from its surroundings. */
export type FingerprintBase = {
  /** Digest of the env that the pipeline and the containers around the step declare. */
  readonly env: string;
  /** Digest of the items and inputs of the lists around the step; empty for none. */
  readonly values: string;
  /** Digest of the step's needs; see `needsDigest`. */
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

/** Identity of a container without its steps. `env` and `values` are digests that include its own. */
export const containerFingerprint = (step: ContainerStep, base: FingerprintBase): Fingerprint => ({
  definition: shortDigest(definitionText(step)),
  directory: '',
  env: base.env,
  values: base.values,
  reads: '',
  needs: base.needs,
});

const definitionText = (step: Step): string => stableJson([step.kind, ...definitionOf(step)]);

/** One digest that represents a finished step in the fingerprints of later steps. */
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

/** The identity of a step by its record, even if the file has changed since. */
export const recordedIdentity = (step: Step, path: string, record: RecordOf): string => {
  const { status, fingerprint } = reliedOn(record(path)) ?? {};
  if (status === 'skipped' || !isKnown(fingerprint) || neverBegan(step, path, record)) return SKIPPED_IDENTITY;
  const children = isContainer(step) ? childrenOf(step, path, record) : [];
  return identityOf(
    fingerprint,
    children.map((child) => recordedIdentity(child.step, child.path, record)),
  );
};

/** Whether a recorded step failed before it could run anything, for example on an expression without a value. */
export const neverBegan = (step: Step, path: string, record: RecordOf): boolean =>
  isContainer(step)
    ? record(path)?.choice === undefined &&
      childrenOf(step, path, record).every((child) => record(child.path) === undefined)
    : !isKnown(reliedOn(record(path))?.fingerprint);

/** Whether the fingerprint of a step was computed before the step failed. */
export const isKnown = (fingerprint: Fingerprint | undefined): fingerprint is Fingerprint =>
  fingerprint !== undefined && fingerprint.definition !== '';

/** The identity of a skipped step in the fingerprints of later steps. */
export const SKIPPED_IDENTITY = 'skipped';

const CHANGES: readonly (readonly [keyof Fingerprint, string])[] = [
  ['definition', 'its definition changed'],
  ['directory', 'its working directory changed'],
  ['env', 'its env changed'],
  ['values', 'its item or inputs changed, or what its expression reads'],
  ['reads', 'a file it reads changed'],
  ['needs', 'what it needs changed'],
];

/** Describes the first difference between two fingerprints; undefined if they are equal. */
export const changeBetween = (before: Fingerprint, now: Fingerprint): string | undefined =>
  CHANGES.find(([part]) => before[part] !== now[part])?.[1];
