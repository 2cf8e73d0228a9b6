import type { ProcessStep } from '../language/pipeline.js';
import type { Produced, Status } from '../state/event.js';
import { describeOutcome, exitCodeOf } from './attempt.js';
import { splitWithheld } from './command-files.js';
import type { Outcome } from './ending.js';
import { resolveStep, type Resolution } from './resolve-step.js';
import type { RunContext } from './run-context.js';
import type { ScriptsEnding } from './run-scripts.js';

/** How a process step came to its end. */
export type ProcessEnding = { readonly path: string; readonly ended: ScriptsEnding; readonly durationMs: number };

/** Records the end of a process step's only attempt, and with it of the step; says what it counts as. */
export const emitEnding = (
  step: ProcessStep,
  ending: ProcessEnding,
  context: RunContext,
): Omit<Resolution, 'produced'> => {
  const { path, ended } = ending;
  const produced = producedBy(step, ending, context);
  const resolution = resolutionOf(step, ended.outcome);
  const { status, error } = resolution;
  if (error !== undefined) context.recorder.emit({ type: 'attempt_failed', step: path, try: 1, status, error });
  resolveStep(path, { ...resolution, produced }, context.recorder);
  return resolution;
};

const resolutionOf = (step: ProcessStep, outcome: Outcome): Omit<Resolution, 'produced'> => {
  if (outcome.kind === 'succeeded') return { status: 'succeeded', tolerated: false };
  const error = describeOutcome(outcome);
  if (outcome.kind === 'aborted') return { status: 'aborted', tolerated: false, cause: outcome.by, error };
  const status: Status = outcome.kind === 'timed-out' ? 'timed_out' : outcome.kind;
  return { status, tolerated: step.continueOnError, error };
};

/** What the step left behind, without what holds a secret. */
const producedBy = (step: ProcessStep, { path, ended, durationMs }: ProcessEnding, context: RunContext): Produced => {
  const outputs = splitWithheld(ended.outputs, context.masker);
  const exports = storableExports(ended.exports, context);
  if (outputs.withheld.length > 0) context.liveOutputs.set(path, ended.outputs);
  warnWithheld(path, [...outputs.withheld, ...(exports?.withheld ?? [])], context);
  const isTolerated = step.continueOnError && ended.outcome.kind !== 'succeeded';
  return {
    duration_ms: durationMs,
    exit_code: exitCodeOf(ended.outcome),
    ...(Object.keys(outputs.kept).length > 0 && { outputs: outputs.kept }),
    ...(outputs.withheld.length > 0 && { withheld: outputs.withheld }),
    ...(exports !== undefined && { exports }),
    ...(step.captures && { stdout: ended.stdout }),
    ...((step.captures || isTolerated) && { stderr: ended.stderr }),
  };
};

/** Undefined when there are none. A folder that holds a secret is withheld under the name of the variable it belongs to. */
const storableExports = ({ env, path }: ScriptsEnding['exports'], { masker }: RunContext): Produced['exports'] => {
  if (path.length === 0 && Object.keys(env).length === 0) return undefined;
  const split = splitWithheld(env, masker);
  const folders = path.filter((folder) => !masker.holds(folder));
  const withheld = [...split.withheld, ...(folders.length < path.length ? ['PATH'] : [])];
  return { env: split.kept, path: folders, ...(withheld.length > 0 && { withheld }) };
};

const warnWithheld = (path: string, names: readonly string[], { recorder }: RunContext): void => {
  if (names.length === 0) return;
  recorder.warn(
    `"${path}" put a secret into ${names.join(', ')}: it works in this run, is not stored, and makes the step run again on resume when a step after it runs`,
    path,
  );
};
