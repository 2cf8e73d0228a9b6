import { describe, expect, test } from 'vitest';
import type { Retry } from '../../../src/language/model/pipeline.js';
import type { Outcome } from '../../../src/run/context/ending.js';
import { nextAttemptInMs } from '../../../src/run/step/run-attempts.js';

const THREE: Retry = { attempts: 3, delayMs: 0, factor: 1, jitter: 0, on: ['failure', 'timeout'] };
const FAILED: Outcome = { kind: 'failed', exitCode: 1 };
const TIMED_OUT: Outcome = { kind: 'timed-out', message: 'timed out after 1.0s' };

type Given = { readonly number?: number; readonly outcome?: Outcome; readonly tail?: string; readonly random?: number };

const nextAfter = (
  details: Partial<Retry>,
  { number = 1, outcome = FAILED, tail = '', random = 0.5 }: Given = {},
): number | undefined => nextAttemptInMs({ ...THREE, ...details }, { number, outcome, tail }, () => random);

describe('another attempt', () => {
  test('follows until there were as many as were asked for', () => {
    expect([1, 2, 3].map((number) => nextAfter({}, { number }))).toEqual([0, 0, undefined]);
  });

  test('never follows where no retry was asked for', () => {
    expect(nextAttemptInMs(undefined, { number: 1, outcome: FAILED, tail: '' }, () => 0)).toBeUndefined();
  });

  test.each<[string, Outcome, Retry['on'], boolean]>([
    ['a failure', FAILED, ['failure', 'timeout'], true],
    ['a failure', FAILED, ['failure'], true],
    ['a failure', FAILED, ['timeout'], false],
    ['a timeout', TIMED_OUT, ['failure', 'timeout'], true],
    ['a timeout', TIMED_OUT, ['timeout'], true],
    ['a timeout', TIMED_OUT, ['failure'], false],
    ['trouble of the machine', { kind: 'errored', message: 'disk full' }, ['failure', 'timeout'], false],
    ['a stop', { kind: 'aborted', by: 'signal' }, ['failure', 'timeout'], false],
    ['a success', { kind: 'succeeded' }, ['failure', 'timeout'], false],
  ])('follows %s, %o, on %j: %s', (...[, outcome, on, follows]) => {
    expect(nextAfter({ on }, { outcome }) !== undefined).toBe(follows);
  });

  test('follows only failures with the exit codes that are named', () => {
    const exitCodes = [7, 137];
    const codes = [1, 7, 137, 0];
    const follows = codes.map((exitCode) => nextAfter({ exitCodes }, { outcome: { kind: 'failed', exitCode } }));
    expect(follows).toEqual([undefined, 0, 0, undefined]);
  });

  test('follows only failures whose output has a line that matches', () => {
    const match = '^ECONN';
    expect(nextAfter({ match }, { tail: 'first\nECONNRESET\n' })).toBe(0);
    expect(nextAfter({ match }, { tail: 'an ECONNRESET\n' })).toBeUndefined();
  });

  test('follows a timeout whatever the exit codes and the output', () => {
    expect(nextAfter({ exitCodes: [7], match: 'never' }, { outcome: TIMED_OUT })).toBe(0);
  });
});

describe('the delay', () => {
  test('grows by the factor, up to its limit', () => {
    const retry = { attempts: 9, delayMs: 1_000, factor: 2, maxDelayMs: 5_000 };
    expect([1, 2, 3, 4, 5].map((number) => nextAfter(retry, { number }))).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  test('is spread by chance, up and down', () => {
    const retry = { delayMs: 1_000, jitter: 0.2 };
    expect([0, 0.5, 1].map((random) => nextAfter(retry, { random }))).toEqual([800, 1_000, 1_200]);
  });

  test('stays a number of milliseconds however far it grows', () => {
    const far = { attempts: 10_000, factor: 10 };
    expect(nextAfter({ ...far, delayMs: 1_000 }, { number: 9_999 })).toBeLessThan(2 ** 53);
    expect(nextAfter({ ...far, delayMs: 0 }, { number: 9_999 })).toBe(0);
  });
});
