import { expect, test } from 'vitest';
import { addedSteps, flowLine } from '../../../src/report/step/flow-lines.js';
import type { EventBody, Status } from '../../../src/state/event.js';

const stamped = (body: EventBody) => ({ v: 1, seq: 1, at: 1, run: 'r1', attempt: 1, ...body }) as const;
const lineOf = (body: EventBody) => flowLine(stamped(body))?.text;

const attemptFailed = (more: { status?: Status; error?: string; next_in_ms?: number } = {}): EventBody => ({
  ...{ type: 'attempt_failed', step: 'fetch', try: 1, status: 'failed', error: 'exit code 7', exit_code: 7 },
  ...more,
});

test('an attempt that is made again says why it failed and when the next one begins', () => {
  expect(lineOf(attemptFailed({ next_in_ms: 2000 }))).toBe('attempt 1 of "fetch" failed: exit code 7; again in 2.0s');
  expect(lineOf(attemptFailed({ next_in_ms: 0 }))).toBe('attempt 1 of "fetch" failed: exit code 7; again now');
  expect(lineOf(attemptFailed({ status: 'timed_out', error: 'timed out after 5.0s', next_in_ms: 500 }))).toBe(
    'attempt 1 of "fetch" timed out after 5.0s; again in 0.5s',
  );
});

test('the last attempt has no line, as the step has one', () => {
  expect(lineOf(attemptFailed())).toBeUndefined();
});

test('an error cannot act on the terminal', () => {
  const line = lineOf(attemptFailed({ error: 'bad\u001b[2J\nnews', next_in_ms: 0 }));
  expect(line).toContain('bad\\x1b[2J\\nnews');
});

test.each<[EventBody, string | undefined]>([
  [{ type: 'arm_chosen', step: 'route', arm: 'else', to_run: 1 }, 'route: takes "else"'],
  [{ type: 'loop_decided', step: 'fix', iteration: 1, goes_on: true, to_run: 1 }, 'fix: iteration 1'],
  [{ type: 'loop_decided', step: 'fix', iteration: 2, goes_on: false, to_run: 0 }, undefined],
  [{ type: 'items_listed', step: 'each', items: [1, 2], to_run: 2 }, 'each: 2 items'],
  [{ type: 'items_listed', step: 'each', items: [], to_run: 0 }, 'each: no items'],
  [{ type: 'fallback_started', step: 'build', fallback: 'on_failure', to_run: 1 }, 'on_failure of build…'],
  [{ type: 'fallback_started', step: '', fallback: 'finally', to_run: 1 }, 'finally of the pipeline…'],
  [{ type: 'fallback_started', step: 'a/@pipeline', fallback: 'finally', to_run: 1 }, 'finally of the pipeline of a…'],
  [{ type: 'step_restored', step: 'a', because: 'x' }, undefined],
])('%j is shown as %j', (body, expected) => {
  expect(lineOf(body)).toBe(expected);
});

test('what is chosen while the run continues adds steps to it, its plan does not', () => {
  expect(addedSteps(stamped({ type: 'items_listed', step: 'each', items: [1, 2], to_run: 6 }))).toBe(6);
  expect(addedSteps(stamped({ type: 'fallback_started', step: '', fallback: 'finally', to_run: 2 }))).toBe(2);
  expect(addedSteps(stamped({ type: 'plan_made', to_run: 5, to_restore: 0 }))).toBe(0);
  expect(addedSteps(stamped(attemptFailed()))).toBe(0);
});
