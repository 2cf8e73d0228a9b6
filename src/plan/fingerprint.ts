import { shortDigest } from '../base/hash.js';
import { stableJson } from '../base/stable-json.js';
import { isContainer, stepPath, type ContainerStep, type ProcessStep, type Step } from '../language/pipeline.js';
import type { Fingerprint } from '../state/event.js';
import { reliedOn, type StepRecord } from '../state/run-state.js';
import type { StepInputs } from './step-inputs.js';

/** What a step's fingerprint takes from around the step. */
export type FingerprintBase = {
  /** Digest of the env that the pipeline and the containers around the step declare. */
  readonly env: string;
  /** Digest of what the step needs; see `needsDigest`. */
  readonly needs: string;
};

/** Identity of a process step's definition and inputs. `reads` is the digest of the files it reads, empty for none. */
export const processFingerprint = (
  step: ProcessStep,
  inputs: StepInputs,
  base: FingerprintBase & { readonly reads: string },
): Fingerprint => ({
  definition: shortDigest(definitionText(step)),
  directory: inputs.workingDirectory === undefined ? '' : shortDigest(inputs.workingDirectory),
  env: envDigest(base.env, inputs.env),
  reads: base.reads,
  needs: base.needs,
});

/** Identity of a container, without what it holds. `env` is the digest down to its own env. */
export const containerFingerprint = (step: ContainerStep, base: FingerprintBase): Fingerprint => ({
  definition: shortDigest(definitionText(step)),
  directory: '',
  env: base.env,
  reads: '',
  needs: base.needs,
});

const definitionText = (step: Step): string => {
  switch (step.kind) {
    case 'script':
      return stableJson(['script', step.shell ?? null, step.run]);
    case 'commands':
      return stableJson(['commands', step.shell ?? null, step.commands]);
    case 'group':
    case 'parallel':
      return stableJson([step.kind, step.outputs]);
  }
};

/** Digest of declared env, on top of the env declared around it. */
export const envDigest = (outer: string, env: Readonly<Record<string, string>>): string =>
  Object.keys(env).length === 0 ? outer : shortDigest(`${outer}\n${stableJson(env)}`);

/** Digest of what a step needs: of the identities of its needs, or that of its list where it needs nothing. */
export const needsDigest = (listNeeds: string, identities: readonly string[]): string =>
  identities.length === 0 ? listNeeds : shortDigest(identities.join('\n'));

/** One digest that stands for a finished step in the fingerprints of the steps after it. */
export const identityOf = (fingerprint: Fingerprint, children: readonly string[] = []): string =>
  shortDigest(
    [
      fingerprint.definition,
      fingerprint.directory,
      fingerprint.env,
      fingerprint.reads,
      fingerprint.needs,
      ...children,
    ].join('\n'),
  );

/** What stands for a step as it was recorded, whatever the file says of it now. */
export const recordedIdentity = (step: Step, path: string, record: RecordOf): string => {
  const fingerprint = reliedOn(record(path))?.fingerprint;
  if (!isKnown(fingerprint) || neverBegan(step, path, record)) return SKIPPED_IDENTITY;
  const children = isContainer(step) ? step.steps : [];
  return identityOf(
    fingerprint,
    children.map((child) => recordedIdentity(child, stepPath(path, child), record)),
  );
};

/** Whether a step that has a record failed before anything of it could run, for an expression that has no value, say. */
export const neverBegan = (step: Step, path: string, record: RecordOf): boolean =>
  isContainer(step)
    ? step.steps.every((child) => record(stepPath(path, child)) === undefined)
    : !isKnown(reliedOn(record(path))?.fingerprint);

/** Whether a fingerprint came to be known before its step failed. */
export const isKnown = (fingerprint: Fingerprint | undefined): fingerprint is Fingerprint =>
  fingerprint !== undefined && fingerprint.definition !== '';

type RecordOf = (path: string) => StepRecord | undefined;

/** Stands for a step that was skipped in the fingerprints of the steps after it. */
export const SKIPPED_IDENTITY = 'skipped';

const CHANGES: readonly (readonly [keyof Fingerprint, string])[] = [
  ['definition', 'its definition changed'],
  ['directory', 'its working directory changed'],
  ['env', 'its env changed'],
  ['reads', 'a file it reads changed'],
  ['needs', 'what it needs changed'],
];

/** In words, the first part in which two fingerprints differ; undefined when they are equal. */
export const changeBetween = (before: Fingerprint, now: Fingerprint): string | undefined =>
  CHANGES.find(([part]) => before[part] !== now[part])?.[1];
