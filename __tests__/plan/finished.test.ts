import { expect, test } from 'vitest';
import { isDone, keptBecause, lastTime } from '../../src/plan/finished.js';
import type { StepRecord } from '../../src/state/run-state.js';
import { TOP_SITE, stepRecord } from './step-record.js';

const STATUSES: readonly StepRecord['status'][] = [
  'succeeded',
  'failed',
  'timed_out',
  'aborted',
  'errored',
  'skipped',
  'waiting',
  'running',
];

test.each(STATUSES)('%s is done only when it is a success, or was tolerated', (status) => {
  expect(isDone(stepRecord({ status }), TOP_SITE)).toBe(status === 'succeeded');
  expect(isDone(stepRecord({ status, tolerated: true }), TOP_SITE)).toBe(true);
});

test.each(STATUSES)('%s is done in a group whose failure was tolerated, unless it has no end', (status) => {
  const base = { ...TOP_SITE, tolerated: true };
  expect(isDone(stepRecord({ status }), base)).toBe(status !== 'running');
});

test('why a step is kept says in which attempt it finished, or failed', () => {
  expect(keptBecause(stepRecord({ runAttempt: 3 }))).toBe('finished in attempt 3');
  const tolerated = stepRecord({ status: 'timed_out', tolerated: true, runAttempt: 2 });
  expect(keptBecause(tolerated)).toBe('its failure in attempt 2 was tolerated');
});

test.each<[StepRecord['status'], string]>([
  ['running', 'it was interrupted'],
  ['failed', 'it failed last time'],
  ['timed_out', 'it timed out last time'],
  ['errored', 'it could not run last time'],
  ['aborted', 'it was aborted last time'],
  ['waiting', 'it was waiting'],
  ['skipped', 'it is no longer held back'],
])('%s says why the step runs', (status, reason) => {
  expect(lastTime(stepRecord({ status }))).toBe(reason);
});
