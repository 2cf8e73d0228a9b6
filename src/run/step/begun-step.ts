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
 * A step that has begun: `step_started` is recorded, nothing of it has run. Whoever runs it goes
 * `work` → `settle`, with whatever belongs before, between and after them.
 */
export type BegunStep = {
  /**
   * Does what the step is for: attempts and checks, or its children. Once at most. Never rejects for a step that fails.
   * From its end to `settle`, expressions see the step as it turned out (`RunContext.unsettled`).
   */
  readonly work: () => Promise<Worked>;
  /** Records how the step ended in the one event that resolves it, and keeps its checkpoint. Once, also where `work` never was. */
  readonly settle: (worked: Worked) => Promise<Ending>;
};

/** A step that begins, or one that failed before it could and is resolved already. */
export type Begun = BegunStep | { readonly ended: Ending };

/** What the work of a step came to; nothing is recorded of its end. `tolerated` is false: `settle` decides it. */
export type Worked = ListSum & {
  /** What may be stored; `settle` knows how long it took. */
  readonly produced: Omit<Produced, 'duration_ms'>;
  /** What it exported. */
  readonly layers: Both<FrameLayer>;
};

/** Why a step fails, whatever its own work came to. */
export type FailureReason = { readonly error: string; readonly status?: Status } & Pick<
  ListSum,
  'cause' | 'failedPath'
>;

/** A step as it starts. */
export type Starting = {
  readonly path: string;
  readonly fingerprint: Fingerprint;
  /** What it chose in an earlier run attempt stands. */
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

/** A step's name as its template evaluates; as it is written where that fails, since a name decides nothing. */
export const stepName = (step: Step, scope: Scope): string => {
  const name = evaluateText(step.name, scope);
  return name.ok ? name.value : step.name;
};

/** The work of a step that fails for another reason: it was never begun (`undefined`), or what came after it failed. */
export const failedInstead = (worked: Worked | undefined, { status = 'failed', ...why }: FailureReason): Worked => ({
  produced: worked?.produced ?? {},
  layers: worked?.layers ?? NO_LAYERS,
  tolerated: false,
  status,
  ...why,
});

/** Lets expressions see a step as its work turned out, before that is recorded; until `settleStep`. */
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
 * Resolves a step of any kind as its work turned out, and tells its warnings. A failure that the step tolerates is one no
 * longer; an abort stays one.
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

/** How a step ended, as far as it is recorded. */
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
