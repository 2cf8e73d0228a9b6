import { describe, expect, test } from 'vitest';
import type { AbortCause, Status } from '../../../src/state/event.js';
import { describeAbort, isFailure, NO_LAYERS, sumUp, worstOf } from '../../../src/run/context/ending.js';
import type { Ending } from '../../../src/run/context/run-context.js';

const ending = (status: Status, details: Partial<Ending> = {}): Ending => ({
  status,
  tolerated: false,
  identity: '',
  layers: NO_LAYERS,
  ...details,
});

const failed = (path: string, status: Status = 'failed'): Ending =>
  ending(status, { error: `${path} broke`, failedPath: path });

describe('an ending', () => {
  test.each<[Status, boolean]>([
    ['succeeded', false],
    ['skipped', false],
    ['waiting', false],
    ['failed', true],
    ['timed_out', true],
    ['errored', true],
    ['aborted', true],
  ])('%s counts as a failure: %s', (status, counts) => {
    expect(isFailure(ending(status))).toBe(counts);
    expect(isFailure(ending(status, { tolerated: true }))).toBe(false);
  });
});

describe('the worst of endings', () => {
  const fromBestToWorst: readonly Ending[] = [
    ending('skipped'),
    ending('succeeded'),
    ending('waiting'),
    ending('aborted', { cause: 'earlier-failure' }),
    ending('failed'),
    ending('timed_out'),
    ending('errored'),
    ending('aborted', { cause: 'signal' }),
  ];

  test('goes by how bad they are, not by where they stand', () => {
    for (const [index, worst] of fromBestToWorst.entries()) {
      const upToIt = fromBestToWorst.slice(0, index + 1);
      expect(worstOf(upToIt)).toBe(worst);
      expect(worstOf(upToIt.toReversed())).toBe(worst);
    }
  });

  test('is the first of equals', () => {
    const [first, second] = [failed('a'), failed('b')];
    expect(worstOf([first, second])).toBe(first);
  });

  test('takes a tolerated one for a success', () => {
    const tolerated = ending('errored', { tolerated: true });
    expect(worstOf([ending('succeeded'), tolerated])?.status).toBe('succeeded');
  });

  test('of nothing is nothing', () => {
    expect(worstOf([])).toBeUndefined();
  });
});

describe('a list', () => {
  test.each<[string, readonly Ending[]]>([
    ['nothing', []],
    ['successes', [ending('succeeded'), ending('skipped')]],
    ['skipped steps', [ending('skipped')]],
    ['tolerated failures', [ending('failed', { tolerated: true })]],
  ])('of %s succeeded', (_what, endings) => {
    expect(sumUp(endings, undefined)).toEqual({ status: 'succeeded', tolerated: false });
  });

  test('is as its worst step, and names it', () => {
    expect(sumUp([failed('a'), failed('g/b', 'timed_out'), ending('succeeded')], undefined)).toEqual({
      status: 'timed_out',
      tolerated: false,
      error: 'g/b broke',
      failedPath: 'g/b',
    });
  });

  test('that failed and had the rest ended for it failed', () => {
    const ended = ending('aborted', { cause: 'earlier-failure' });
    expect(sumUp([ended, failed('b')], undefined)).toMatchObject({ status: 'failed', failedPath: 'b' });
  });

  const stopped = (status: Status, cause: AbortCause): Ending => ending(status, { cause });

  test.each<[string, AbortCause, readonly Ending[], Status]>([
    ['a running step', 'signal', [ending('succeeded'), stopped('aborted', 'signal')], 'aborted'],
    ['a step that had not started', 'signal', [ending('succeeded'), stopped('skipped', 'signal')], 'aborted'],
    ['a step beside a failed one', 'signal', [failed('a'), stopped('skipped', 'signal')], 'aborted'],
    ['a step beside a failed one', 'gate', [failed('a'), stopped('aborted', 'gate')], 'aborted'],
    ['a step beside a failed one', 'earlier-failure', [failed('a'), stopped('aborted', 'earlier-failure')], 'failed'],
    ['only steps that had not started', 'earlier-failure', [stopped('skipped', 'earlier-failure')], 'aborted'],
    ['a step', 'timeout-of-container', [stopped('aborted', 'timeout-of-container')], 'aborted'],
    ['nothing', 'signal', [ending('succeeded'), ending('skipped')], 'succeeded'],
    ['nothing after a failure', 'signal', [failed('a'), ending('skipped', { held: true })], 'failed'],
    ['what a failure was ending already', 'signal', [failed('a'), stopped('aborted', 'earlier-failure')], 'failed'],
  ])('in which a stop cut short %s (%s) is as it should be', (...[, cause, endings, status]) => {
    const sum = sumUp(endings, cause);
    expect(sum).toMatchObject({ status, tolerated: false });
    expect(sum.cause).toBe(status === 'aborted' ? cause : undefined);
    if (status === 'aborted') expect(sum.error).toBe(describeAbort(cause));
  });
});

test('a list that was stopped names the first step that was ended by it, not one that it kept from starting', () => {
  const stop = { cause: 'signal' } as const;
  const endings = [
    ending('skipped', { held: true, ...stop }),
    ending('aborted', { failedPath: 'g/a', ...stop }),
    ending('aborted', { failedPath: 'b', ...stop }),
  ];
  expect(sumUp(endings, 'signal').failedPath).toBe('g/a');
  expect(sumUp(endings.slice(0, 1), 'signal')).not.toHaveProperty('failedPath');
});
