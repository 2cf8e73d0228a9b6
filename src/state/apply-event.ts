import { invariant, never } from '../base/assert.js';
import type { Produced, RunEvent, Stamp, Status } from './event.js';
import { chooseArm, decideLoop, listItems } from './apply-choice.js';
import {
  INTERRUPTED,
  interruptedFallbacks,
  finishFallback,
  forgetFallbacks,
  forgetInside,
  noteStep,
  startFallback,
} from './apply-fallback.js';
import { holdsSteps, unfinishedSince, type RunState, type StepRecord } from './run-state.js';
import { isCompleted } from './state-file.js';

type StartEvent = Extract<RunEvent, { type: 'run_started' }>;
type StepStarted = Extract<RunEvent, { type: 'step_started' }>;
type StepSkipped = Extract<RunEvent, { type: 'step_skipped' }>;

/** The state that a list of events adds up to; undefined for no events. */
export const foldEvents = (events: readonly RunEvent[]): RunState | undefined => {
  let state: RunState | undefined;
  for (const event of events) state = applyEvent(state, event);
  return state;
};

/**
 * Applies one event to the state, which depends on the events only.
 * It changes `state` in place: a copy for each event would make long runs quadratic.
 */
export const applyEvent = (state: RunState | undefined, event: RunEvent): RunState => {
  if (event.type === 'run_started') return startedState(event);
  invariant(state !== undefined, 'a journal begins with run_started');
  state.seq = event.seq;
  state.updatedAt = event.at;
  applyBody(state, event);
  return state;
};

const startedState = (event: StartEvent & Stamp): RunState => ({
  runId: event.run,
  pipeline: event.pipeline,
  file: event.file,
  startedAt: event.at,
  status: 'running',
  isCleanedUpLate: false,
  partial: false,
  attempt: event.attempt,
  updatedAt: event.at,
  seq: event.seq,
  inputs: event.inputs,
  commit: event.commit,
  outputs: {},
  warnings: [],
  failedStep: undefined,
  steps: new Map(),
  fallbacks: new Map(),
});

const applyBody = (state: RunState, event: Exclude<RunEvent, StartEvent>): void => {
  switch (event.type) {
    case 'run_resumed':
      resume(state, event);
      return;
    case 'plan_made':
    case 'checkpoint_saved':
    case 'checkpoint_failed':
      return;
    case 'arm_chosen':
      chooseArm(state, event);
      return;
    case 'loop_decided':
      decideLoop(state, event);
      return;
    case 'items_listed':
      listItems(state, event);
      return;
    case 'fallback_started':
      startFallback(state, event);
      return;
    case 'fallback_finished':
      finishFallback(state, event);
      return;
    case 'late_abortion':
      abortLate(state, event);
      return;
    case 'run_succeeded':
      end(state, event.warnings.length > 0 ? 'succeeded with warnings' : 'succeeded', event.warnings);
      state.outputs = event.outputs;
      state.partial = event.partial ?? false;
      return;
    case 'run_failed':
      end(state, 'failed', event.warnings);
      state.failedStep = event.failed_step;
      state.error = event.error;
      return;
    case 'run_aborted':
      end(state, 'aborted', event.warnings);
      return;
    default:
      applyStep(state, event);
  }
};

type StepEvent = Extract<RunEvent, { type: `step_${string}` | `attempt_${string}` }>;

const applyStep = (state: RunState, event: StepEvent): void => {
  switch (event.type) {
    case 'step_started':
      forgetFallbacks(state, event.step);
      noteStep(state, event.step);
      state.steps.set(event.step, startedRecord(event, state.steps.get(event.step)));
      return;
    case 'attempt_started':
      change(state, event.step, {
        tries: event.try,
        group: { pid: event.pid, processStart: event.process_start },
        unfinishedSince: undefined,
      });
      return;
    case 'attempt_failed':
      change(state, event.step, { error: event.error });
      return;
    case 'step_succeeded':
      change(state, event.step, { ...producedRecord(event), status: 'succeeded' });
      return;
    case 'step_failed':
      change(state, event.step, { ...producedRecord(event), status: event.status, error: event.error });
      return;
    case 'step_timed_out':
      change(state, event.step, { ...producedRecord(event), status: 'timed_out', error: event.error });
      return;
    case 'step_aborted':
      change(state, event.step, { ...producedRecord(event), status: 'aborted', error: event.error, cause: event.by });
      return;
    case 'step_continue_on_error':
      change(state, event.step, {
        ...producedRecord(event),
        status: event.status,
        error: event.error,
        tolerated: true,
      });
      return;
    case 'step_skipped':
      if (!event.held) forgetInside(state, event.step);
      noteStep(state, event.step);
      state.steps.set(event.step, skippedRecord(event, state.steps.get(event.step)));
      return;
    case 'step_restored':
      change(state, event.step, { restored: true });
      return;
    default:
      never(event);
  }
};

const abortLate = (state: RunState, { steps, attempt }: Extract<RunEvent, { type: 'late_abortion' }>): void => {
  end(state, 'running', []);
  state.isCleanedUpLate = true;
  for (const path of steps)
    change(state, path, { status: 'aborted', cause: 'signal', isInterrupted: true, error: INTERRUPTED });
  interruptedFallbacks(state, attempt);
};

const resume = (state: RunState, event: Extract<RunEvent, { type: 'run_resumed' }>): void => {
  end(state, 'running', []);
  forgetFallbacks(state, '');
  state.isCleanedUpLate = false;
  state.attempt = event.attempt;
  state.inputs = event.inputs;
  state.commit = event.commit;
  state.outputs = {};
  state.partial = false;
  state.failedStep = undefined;
  state.error = undefined;
};

const end = (state: RunState, status: RunState['status'], warnings: readonly string[]): void => {
  state.status = status;
  state.warnings = warnings;
};

const startedRecord = (event: StepStarted & Stamp, before: StepRecord | undefined): StepRecord => ({
  ...NEW_RECORD,
  ...(event.refresh && basedOn(before)),
  ...choicesAtStart(event, before),
  path: event.step,
  kind: event.kind,
  name: event.name,
  status: 'running',
  runAttempt: event.attempt,
  because: event.because,
  startedAt: event.at,
  since: event.refresh && before !== undefined ? before.since : event.seq,
  fingerprint: event.fingerprint,
  unfinishedSince: unfinishedSince(before),
});

/** When a step chooses again, its former choice still tells which records below are its own. */
const choicesAtStart = (
  { rechoose }: Pick<StepStarted, 'rechoose'>,
  before: StepRecord | undefined,
): Pick<StepRecord, 'choice' | 'formerChoice'> => {
  const choice = before?.choice ?? before?.lastFinish?.choice;
  if (choice !== undefined && !rechoose) return { choice };
  const former = choice ?? before?.formerChoice;
  return former === undefined ? {} : { formerChoice: former };
};

const skippedRecord = (event: StepSkipped & Stamp, before: StepRecord | undefined): StepRecord => ({
  ...NEW_RECORD,
  ...(event.held && heldRecord(before)),
  path: event.step,
  name: event.name,
  status: 'skipped',
  runAttempt: event.attempt,
  because: event.because,
  startedAt: event.at,
  since: (event.held && before?.since) ?? 0,
  unfinishedSince: unfinishedSince(before),
});

/** The remains of a step that was held back: its last finish, or the progress of an unfinished container. */
const heldRecord = (before: StepRecord | undefined): Partial<StepRecord> => {
  const based = basedOn(before);
  if (based.lastFinish !== undefined || before === undefined || !holdsSteps(before))
    return { ...based, ...choicesAtStart({ rechoose: true }, before) };
  const { kind, fingerprint } = before;
  return { ...choicesAtStart({}, before), kind, ...(fingerprint !== undefined && { fingerprint }) };
};

/** The last finish, on which later steps still rely while a finished step refreshes itself or is held back. */
const basedOn = (before: StepRecord | undefined): Pick<StepRecord, 'lastFinish'> => {
  const lastFinish = before?.lastFinish ?? (before !== undefined && isCompleted(before) ? before : undefined);
  return lastFinish === undefined ? {} : { lastFinish };
};

type Change = Partial<StepRecord> & { readonly status?: Status };

const change = (state: RunState, path: string, changes: Change): void => {
  const before = state.steps.get(path);
  invariant(before !== undefined, `"${path}" has started before it continues`);
  state.steps.set(path, { ...before, ...changes });
};

/** The results of a step, as record fields. */
export const producedRecord = (event: Produced): Partial<StepRecord> => ({
  durationMs: event.duration_ms,
  outputs: event.outputs ?? NOTHING,
  withheld: event.withheld ?? NONE,
  warnings: event.warnings ?? NONE,
  ...(event.exit_code !== undefined && { exitCode: event.exit_code }),
  ...(event.exports !== undefined && { exports: event.exports }),
  ...(event.stdout !== undefined && { stdout: event.stdout }),
  ...(event.stderr !== undefined && { stderr: event.stderr }),
});

const NOTHING: Readonly<Record<string, never>> = Object.freeze({});
const NONE: readonly never[] = Object.freeze([]);
const NEW_RECORD = {
  tries: 0,
  durationMs: 0,
  tolerated: false,
  restored: false,
  outputs: NOTHING,
  withheld: NONE,
  warnings: NONE,
};
