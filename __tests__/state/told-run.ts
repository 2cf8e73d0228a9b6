import { foldEvents } from '../../src/state/apply-event.js';
import type { EventBody, Fingerprint, RunEvent } from '../../src/state/event.js';
import type { RunState, StepRecord } from '../../src/state/run-state.js';

/** A fingerprint whose content does not matter. */
export const FINGERPRINT: Fingerprint = {
  definition: 'd',
  directory: 'w',
  env: 'e',
  values: '',
  reads: 'r',
  needs: 'n',
};

/** The first event of run `r1`. */
export const STARTED: EventBody = { type: 'run_started', pipeline: 'release', file: 'savepoint.yml', inputs: { a: 1 } };

/** The start of a step of a kind, by default one that runs a script. */
export const begin = (step: string, more: Partial<Extract<EventBody, { type: 'step_started' }>> = {}): EventBody => ({
  type: 'step_started',
  step,
  kind: 'script',
  name: `Step ${step}`,
  because: 'it has not run yet',
  fingerprint: FINGERPRINT,
  ...more,
});

/** The success of a step. */
export const succeed = (
  step: string,
  more: Partial<Extract<EventBody, { type: 'step_succeeded' }>> = {},
): EventBody => ({
  type: 'step_succeeded',
  step,
  duration_ms: 1500,
  exit_code: 0,
  ...more,
});

/** Adds stamps to events: one second apart, with a new run attempt for each resume. */
export const stamp = (bodies: readonly EventBody[]): readonly RunEvent[] => {
  let attempt = 1;
  return bodies.map((body, index) => {
    if (body.type === 'run_resumed') attempt += 1;
    return { v: 1, seq: index + 1, at: 1_000 * (index + 1), run: 'r1', attempt, ...body };
  });
};

/** The state after `STARTED` and these events. */
export const stateAfter = (...bodies: readonly EventBody[]): RunState => {
  const state = foldEvents(stamp([STARTED, ...bodies]));
  if (state === undefined) throw new Error('nothing has started');
  return state;
};

/** The record of a step in that state. */
export const recordAfter = (step: string, ...bodies: readonly EventBody[]): StepRecord => {
  const record = stateAfter(...bodies).steps.get(step);
  if (record === undefined) throw new Error(`there is no record of ${step}`);
  return record;
};
