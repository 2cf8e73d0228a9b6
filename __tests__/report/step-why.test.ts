import { expect, test } from 'vitest';
import { stepTime, stepWhy } from '../../src/report/step-why.js';
import type { RunState, StepRecord } from '../../src/state/run-state.js';

const record = (more: Partial<StepRecord> = {}): StepRecord => ({
  path: 'a',
  name: 'A',
  status: 'succeeded',
  runAttempt: 1,
  tries: 1,
  because: 'it failed last time',
  startedAt: 0,
  durationMs: 1500,
  since: 1,
  tolerated: false,
  restored: false,
  outputs: {},
  withheld: [],
  unfinishedSince: undefined,
  ...more,
});

const stateOf = (attempt: number): RunState => ({
  ...{ runId: 'r', pipeline: 'p', file: 'f', startedAt: 0, status: 'succeeded', partial: false, attempt },
  ...{ updatedAt: 0, seq: 1, inputs: {}, commit: undefined, outputs: {}, warnings: [], failedStep: undefined },
  steps: new Map(),
});

test.each([
  ['kept', {}, 'kept from attempt 1'],
  ['tolerated', { status: 'failed', error: 'exit code 1' }, 'tolerated: exit code 1'],
  ['interrupted', { status: 'running' }, 'it never ended'],
  ['running', { status: 'running' }, 'it is running'],
  ['skipped', { because: 'its condition does not hold' }, 'its condition does not hold'],
  ['failed', { status: 'failed', error: 'exit code 2' }, 'exit code 2'],
] as const)('a step that looks %s says so', (look, more, expected) => {
  expect(stepWhy(record(more), look, stateOf(2))).toBe(expected);
});

test('why a step succeeded goes without saying, unless the run was resumed', () => {
  expect(stepWhy(record(), 'succeeded', stateOf(1))).toBe('');
  expect(stepWhy(record(), 'succeeded', stateOf(2))).toBe('it failed last time');
});

test('what did not come to an end has no time', () => {
  expect(stepTime(record(), 'succeeded')).toBe('1.5s');
  expect(stepTime(record(), 'interrupted')).toBe('');
});
