import type { Json } from '../../src/base/stable-json.js';
import type { FallbackName, StepKind } from '../../src/language/model/pipeline.js';
import { applyEvent } from '../../src/state/apply-event.js';
import type { EventBody, RunEvent } from '../../src/state/event.js';
import type { RunState } from '../../src/state/run-state.js';

/** A fingerprint whose content does not matter. */
export const FINGERPRINT = { definition: 'd', directory: 'd', env: 'e', values: '', reads: 'r', needs: 'n' };

/** A run that a test records event by event, one second apart. */
export type RecordedRun = {
  readonly add: (...bodies: readonly EventBody[]) => RunState;
  readonly resume: () => RunState;
  readonly state: () => RunState;
};

/** A run with the id `r1` of the pipeline `release`; hands each event to `onEvent`. */
export const recordRun = (onEvent: (event: RunEvent, state: RunState) => void = () => undefined): RecordedRun => {
  let state: RunState | undefined;
  let attempt = 1;
  const add = (...bodies: readonly EventBody[]): RunState => {
    for (const body of bodies) {
      const seq = (state?.seq ?? 0) + 1;
      const event: RunEvent = { v: 1, seq, at: seq * 1000, run: 'r1', attempt, ...body };
      state = applyEvent(state, event);
      onEvent(event, state);
    }
    if (state === undefined) throw new Error('nothing was recorded');
    return state;
  };
  add({ type: 'run_started', pipeline: 'release', file: 'savepoint.yml', inputs: {} });
  const resume = (): RunState => {
    attempt += 1;
    return add({ type: 'run_resumed', inputs: {} });
  };
  return { add, resume, state: () => add() };
};

/** The start of a step that runs a script. */
export const started = (step: string, name = step, because = 'it has not run yet'): EventBody => ({
  type: 'step_started',
  step,
  kind: 'script',
  name,
  because,
  fingerprint: FINGERPRINT,
});

/** The start of a container of a kind. */
export const begun = (step: string, kind: StepKind, name = step): EventBody => ({
  type: 'step_started',
  step,
  kind,
  name,
  because: 'it has not run yet',
  fingerprint: FINGERPRINT,
});

/** The start of a group. */
export const groupStarted = (step: string, name = step): EventBody => begun(step, 'group', name);

/** An attempt that failed, and the start of the next one. */
export const triedAgain = (step: string, attempt: number, error = 'exit code 1'): readonly EventBody[] => [
  { type: 'attempt_failed', step, try: attempt, status: 'failed', error, exit_code: 1, next_in_ms: 2000 },
  { type: 'attempt_started', step, try: attempt + 1, pid: 1, process_start: '1' },
];

/** A finished fallback, successful unless there is an error; `inner` holds the events of its steps. */
export const fellBack = (
  step: string,
  fallback: FallbackName,
  { inner = [], error }: { readonly inner?: readonly EventBody[]; readonly error?: string } = {},
): readonly EventBody[] => [
  { type: 'fallback_started', step, fallback, to_run: 1 },
  ...inner,
  {
    type: 'fallback_finished',
    step,
    fallback,
    status: error === undefined ? 'succeeded' : 'failed',
    duration_ms: 700,
    ...(error !== undefined && { error }),
  },
];

/** The items of a fan-out. */
export const listed = (step: string, items: readonly Json[]): EventBody => ({
  type: 'items_listed',
  step,
  items,
  to_run: items.length,
});

/** The start of the first attempt of a step. */
export const tried = (step: string): EventBody => ({
  type: 'attempt_started',
  step,
  try: 1,
  pid: 1,
  process_start: '1',
});

/** A step that succeeded. */
export const succeeded = (step: string, durationMs = 1200): EventBody => ({
  type: 'step_succeeded',
  step,
  duration_ms: durationMs,
  exit_code: 0,
});

/** A step whose command failed. */
export const failed = (step: string, error = 'exit code 1'): EventBody => ({
  type: 'step_failed',
  step,
  status: 'failed',
  error,
  duration_ms: 300,
  exit_code: 1,
});
