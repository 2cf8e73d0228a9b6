import type { Both } from '../../evaluate/context/site.js';
import { invariant, never } from '../../base/assert.js';
import { stepPath, type Step } from '../../language/model/pipeline.js';
import type { FrameLayer } from '../../evaluate/context/export-frame.js';
import { recordedIdentity } from '../../evaluate/fingerprint.js';
import { recordedLayer } from '../../evaluate/recorded-source.js';
import { producedRecord } from '../../state/apply-event.js';
import type { Produced, Status, Fingerprint } from '../../state/event.js';
import { NO_LAYERS } from '../context/ending.js';
import type { Ending, ListSum, RunContext, StepStart } from '../context/run-context.js';
import type { Scope } from '../../expressions/evaluate.js';
import { evaluateText } from '../../evaluate/context/step-inputs.js';
import type { Recorder } from '../context/recorder.js';
import { reliedOn } from '../../state/run-state.js';

/**
 * A step that has begun: `step_started` is recorded, but nothing of it has run. The caller runs `work`, then `settle`.
 */
export type BegunStep = {
  /**
   * Runs the step: attempts and checks, or its children. Called once at most. Never rejects for a step that fails.
   * From its end to `settle`, expressions see the result in `RunContext.unsettled`.
   */
  readonly work: () => Promise<Worked>;
  /** Records the step's end in the one event that resolves it, and its checkpoint. Called once, even without `work`. */
  readonly settle: (worked: Worked) => Promise<Ending>;
};

/** A step that has begun, or the ending of one that failed before it could start. */
export type Begun = BegunStep | { readonly ended: Ending };

/** The result of a step's work, before its end is recorded. `tolerated` is false: `settle` decides it. */
export type Worked = ListSum & {
  /** The storable results; `settle` adds the duration. */
  readonly produced: Omit<Produced, 'duration_ms'>;
  /** The step's exports. */
  readonly layers: Both<FrameLayer>;
};

/** Why a step fails, regardless of the result of its work. */
export type FailureReason = { readonly error: string; readonly status?: Status } & Pick<
  ListSum,
  'cause' | 'failedPath'
>;

/** A step about to start. */
export type Starting = {
  readonly path: string;
  readonly fingerprint: Fingerprint;
  /** Keeps the choice that the step made in an earlier run attempt. */
  readonly keepsChoice?: boolean;
  readonly context: RunContext;
};

/** Records that a step has started, and why. */
export const startStep = (
  step: Step,
  { decision, scopes }: Pick<StepStart, 'decision' | 'scopes'>,
  { path, fingerprint, keepsChoice = false, context }: Starting,
): void => {
  const hasChosen = reliedOn(context.live.record(path))?.choice !== undefined;
  context.recorder.emit({
    type: 'step_started',
    step: path,
    kind: step.kind,
    name: stepName(step, scopes.live),
    because: decision.because,
    fingerprint,
    ...('refresh' in decision && { refresh: true }),
    ...(hasChosen && !keepsChoice && { rechoose: true }),
  });
};

/** A step's evaluated name; its unevaluated text if that fails, since nothing depends on a name. */
export const stepName = (step: Step, scope: Scope): string => {
  const name = evaluateText(step.name, scope);
  return name.ok ? name.value : step.name;
};

/** The result of a step that fails for another reason: before its work (`undefined`), or after it. */
export const failedInstead = (worked: Worked | undefined, { status = 'failed', ...why }: FailureReason): Worked => ({
  produced: worked?.produced ?? {},
  layers: worked?.layers ?? NO_LAYERS,
  tolerated: false,
  status,
  ...why,
});

/** Lets expressions see the result of a step's work before it is recorded, until `settleStep`. */
export const showUnsettled = (
  path: string,
  { status, error, produced }: Pick<Worked, 'status' | 'error' | 'produced'>,
  { unsettled, recorder, ports }: RunContext,
): void => {
  const record = recorder.state().steps.get(path);
  invariant(record !== undefined, 'a step has started before its work is done');
  const durationMs = ports.clock.now() - record.startedAt;
  const left = producedRecord({ ...produced, duration_ms: durationMs });
  unsettled.set(path, { ...record, ...left, status, ...(error !== undefined && { error }) });
};

/** A step whose work is done, with the path of its list. */
export type Settling = { readonly listPath: string; readonly worked: Worked; readonly durationMs: number };

/**
 * Resolves any step with the result of its work, and emits its warnings. `continueOnError` tolerates failures,
 * but not aborts.
 */
export const settleStep = (step: Step, { listPath, worked, durationMs }: Settling, context: RunContext): Ending => {
  const path = stepPath(listPath, step);
  const { produced, layers, ...sum } = worked;
  const tolerated = step.continueOnError && TOLERABLE.includes(sum.status);
  context.unsettled.delete(path);
  for (const warning of produced.warnings ?? []) context.recorder.warn(warning, path);
  resolveStep(path, { ...sum, tolerated, produced: { duration_ms: durationMs, ...produced } }, context.recorder);
  return {
    ...sum,
    tolerated,
    ...(sum.error !== undefined && { failedPath: sum.failedPath ?? path }),
    identity: recordedIdentity(step, path, context.live.record),
    layers: { live: layers.live, recorded: recordedLayer(step, path, context.live.record) },
  };
};

const TOLERABLE: readonly Status[] = ['failed', 'timed_out', 'errored'];

/** The recorded part of a step's ending. */
export type Resolution = Pick<Ending, 'status' | 'tolerated' | 'cause' | 'error'> & { readonly produced: Produced };

/** Records the end of a step in the one event that resolves it. */
export const resolveStep = (step: string, resolution: Resolution, { emit }: Recorder): void => {
  const { status, tolerated, cause = 'signal', error = '', produced } = resolution;
  if (tolerated) {
    emit({ type: 'step_continue_on_error', step, status, error, ...produced });
    return;
  }
  switch (status) {
    case 'failed':
    case 'errored':
      emit({ type: 'step_failed', step, status, error, ...produced });
      return;
    case 'timed_out':
      emit({ type: 'step_timed_out', step, error, ...produced });
      return;
    case 'aborted':
      emit({ type: 'step_aborted', step, by: cause, error, ...produced });
      return;
    case 'succeeded':
    case 'skipped':
    case 'waiting':
      emit({ type: 'step_succeeded', step, ...produced });
      return;
    default:
      never(status);
  }
};
