import { expect, test } from 'vitest';
import { fallbackWhy, stepWhy, timeText } from '../../../src/report/step/step-why.js';
import type { FallbackRecord, RunState, StepRecord } from '../../../src/state/run-state.js';

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
  warnings: [],
  unfinishedSince: undefined,
  ...more,
});

const stateOf = (attempt: number): RunState => ({
  ...{ runId: 'r', pipeline: 'p', file: 'f', startedAt: 0, status: 'succeeded', partial: false, attempt },
  ...{ updatedAt: 0, seq: 1, inputs: {}, commit: undefined, outputs: {}, warnings: [], failedStep: undefined },
  isCleanedUpLate: false,
  steps: new Map(),
  fallbacks: new Map(),
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
  expect(timeText(1500, 'succeeded')).toBe('1.5s');
  expect(timeText(1500, 'interrupted')).toBe('');
});

test('a step that passed when it was tried again is flaky, however its run went on', () => {
  const flaky = record({ tries: 3, error: 'exit code 1' });
  expect(stepWhy(flaky, 'succeeded', stateOf(1))).toBe('flaky: passed at attempt 3');
  expect(stepWhy(flaky, 'succeeded', stateOf(2))).toBe('flaky: passed at attempt 3; it failed last time');
  expect(stepWhy(flaky, 'kept', stateOf(2))).toBe('kept from attempt 1, flaky');
});

test.each<[NonNullable<StepRecord['choice']>, string]>([
  [{ kind: 'arm', arm: 'else' }, 'takes "else"'],
  [{ kind: 'iterations', count: 1, isOver: true }, '1 iteration'],
  [{ kind: 'items', items: ['a', 'b'], isWithheld: false }, '2 items'],
])('a container says what it chose: %#', (choice, expected) => {
  expect(stepWhy(record({ kind: 'branch', choice }), 'succeeded', stateOf(1))).toBe(expected);
  expect(stepWhy(record({ kind: 'branch', choice }), 'running', stateOf(1))).toBe(`it is running; ${expected}`);
});

test('a step that runs says what made it be tried again', () => {
  expect(stepWhy(record({ status: 'running', error: 'exit code 7' }), 'running', stateOf(1))).toBe(
    'it is running; an attempt failed: exit code 7',
  );
});

const fallback = (more: Partial<FallbackRecord> = {}): FallbackRecord => ({
  ...{ owner: 'a', name: 'on_failure', status: 'succeeded', runAttempt: 1, startedAt: 0, durationMs: 5, steps: [] },
  ...more,
});

test.each([
  ['succeeded', ''],
  ['kept', 'ran in attempt 1'],
  ['running', 'it is running'],
  ['interrupted', 'it never ended'],
  ['tolerated', 'only a warning: exit code 1'],
  ['failed', 'exit code 1'],
] as const)('a fallback that looks %s says so', (look, expected) => {
  expect(fallbackWhy(fallback({ error: 'exit code 1' }), look)).toBe(expected);
});

test('a step of a fallback has no reason of its own, and is never kept', () => {
  const inner = record({ path: 'a/on_success/n', because: 'a fallback' });
  expect(stepWhy(inner, 'succeeded', stateOf(2))).toBe('');
  expect(stepWhy(inner, 'kept', stateOf(2))).toBe('ran in attempt 1');
});
