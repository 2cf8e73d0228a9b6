import { expect, test } from 'vitest';
import { exitCodeOf } from '../../src/report/exit-code.js';
import type { RunStatus } from '../../src/state/run-state.js';
import { recordRun } from './recorded-run.js';

const ended = (status: RunStatus) => ({ ...recordRun().state(), status });

test.each([
  ['succeeded', 0],
  ['succeeded with warnings', 0],
  ['failed', 1],
  ['waiting', 4],
  ['aborted', 1],
  ['running', 70],
] as const)('a run that is %s exits with %i', (status, code) => {
  expect(exitCodeOf(ended(status))).toBe(code);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('a run aborted by %s exits with %i', (signal, code) => {
  expect(exitCodeOf(ended('aborted'), signal)).toBe(code);
});

test('a signal that came too late to abort anything does not change the exit code', () => {
  expect(exitCodeOf(ended('succeeded'), 'SIGINT')).toBe(0);
});
