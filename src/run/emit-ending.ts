import type { ProcessStep } from '../language/pipeline.js';
import type { Produced, Status } from '../state/event.js';
import { describeOutcome, exitCodeOf } from './attempt.js';
import { splitWithheld } from './command-files.js';
import type { Outcome } from './ending.js';
import type { RunContext } from './run-context.js';
import type { ScriptsEnding } from './run-scripts.js';

/** How a process step came to its end. */
export type ProcessEnding = { readonly path: string; readonly ended: ScriptsEnding; readonly durationMs: number };

type Failed = Exclude<Outcome, { readonly kind: 'succeeded' }>;

/** Records the end of a process step in exactly one event that resolves it; says what it counts as. */
export const emitEnding = (
  step: ProcessStep,
  ending: ProcessEnding,
  context: RunContext,
): { readonly status: Status; readonly tolerated: boolean } => {
  const { path, ended } = ending;
  const { emit } = context.recorder;
  const produced = producedBy(step, ending, context);
  if (ended.outcome.kind === 'succeeded') {
    emit({ type: 'step_succeeded', step: path, ...produced });
    return { status: 'succeeded', tolerated: false };
  }
  const status = statusOf(ended.outcome);
  const error = context.masker.text(describeOutcome(ended.outcome));
  emit({ type: 'attempt_failed', step: path, try: 1, status, error });
  const tolerated = step.continueOnError && ended.outcome.kind !== 'aborted';
  if (tolerated) emit({ type: 'step_continue_on_error', step: path, status, error, ...produced });
  else emitFailure(path, ended.outcome, { error, produced, emit });
  return { status, tolerated };
};

type Details = {
  readonly error: string;
  readonly produced: Produced;
  readonly emit: RunContext['recorder']['emit'];
};

const emitFailure = (step: string, outcome: Failed, { error, produced, emit }: Details): void => {
  switch (outcome.kind) {
    case 'failed':
    case 'errored':
      emit({ type: 'step_failed', step, status: outcome.kind, error, ...produced });
      return;
    case 'timed-out':
      emit({ type: 'step_timed_out', step, error, ...produced });
      return;
    case 'aborted':
      emit({ type: 'step_aborted', step, by: outcome.by, error, ...produced });
      return;
  }
};

const statusOf = (outcome: Failed): Status => (outcome.kind === 'timed-out' ? 'timed_out' : outcome.kind);

/** What the step left behind, without what holds a secret. */
const producedBy = (step: ProcessStep, { path, ended, durationMs }: ProcessEnding, context: RunContext): Produced => {
  const outputs = splitWithheld(ended.outputs, context.masker);
  const env = splitWithheld(ended.exports.env, context.masker);
  const folders = ended.exports.path.filter((folder) => !context.masker.holds(folder));
  if (outputs.withheld.length > 0) context.liveOutputs.set(path, ended.outputs);
  else context.liveOutputs.delete(path);
  warnWithheld(path, [...outputs.withheld, ...env.withheld], context);
  const hasExports = Object.keys(ended.exports.env).length > 0 || folders.length > 0;
  return {
    duration_ms: durationMs,
    exit_code: exitCodeOf(ended.outcome),
    ...(Object.keys(outputs.kept).length > 0 && { outputs: outputs.kept }),
    ...(outputs.withheld.length > 0 && { withheld: outputs.withheld }),
    ...(hasExports && {
      exports: { env: env.kept, path: folders, ...(env.withheld.length > 0 && { withheld: env.withheld }) },
    }),
    ...(step.captures && { stdout: ended.stdout, stderr: ended.stderr }),
    ...(!step.captures && step.continueOnError && ended.outcome.kind !== 'succeeded' && { stderr: ended.stderr }),
  };
};

const warnWithheld = (path: string, names: readonly string[], { recorder }: RunContext): void => {
  if (names.length === 0) return;
  recorder.warn(
    `"${path}" put a secret into ${names.join(', ')}: it works in this run, is not stored, and makes the step run again on resume when a step after it runs`,
    path,
  );
};
