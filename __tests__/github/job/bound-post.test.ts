import { expect, test } from 'vitest';
import { boundPost } from '../../../src/github/job/bound-post.js';
import { createAbortScope, type Abort } from '../../../src/run/context/abort-scope.js';
import { createFakeClock, type FakeClock } from '../../rig/fake-clock.js';

type Bounded = {
  readonly clock: FakeClock;
  readonly warnings: readonly string[];
  readonly stops: readonly Abort[];
  readonly isOver: () => boolean;
  readonly over: Promise<void>;
};

const bound = (work: Promise<void>): Bounded => {
  const [clock, scope] = [createFakeClock(), createAbortScope()];
  const [warnings, stops]: [string[], Abort[]] = [[], []];
  scope.onAbort((abort) => stops.push(abort));
  let isOver = false;
  const over = boundPost(work, { clock, scope, warn: (text) => warnings.push(text) }).finally(() => (isOver = true));
  return { clock, warnings, stops, isOver: () => isOver, over };
};

const never = (): Promise<void> => new Promise(() => undefined);

test('what takes too long is stopped first and left alone ten seconds later, with a warning', async () => {
  const { clock, warnings, stops, isOver } = bound(never());
  await clock.advance(229_999);
  expect(stops).toEqual([]);
  await clock.advance(1);
  expect(stops).toEqual([{ cause: 'signal', atOnce: false, graceLimitMs: 2000 }]);
  await clock.advance(9999);
  expect([isOver(), warnings]).toEqual([false, []]);
  await clock.advance(1);
  expect([isOver(), warnings]).toEqual([true, ['the time is up: steps that are not saved yet run again in a re-run']]);
});

test('what ends in time leaves no timer behind, also where it throws', async () => {
  const fine = bound(Promise.resolve());
  await fine.over;
  const broken = bound(Promise.reject(new Error('our bug')));
  await expect(broken.over).rejects.toThrow('our bug');
  expect([fine, broken].map(({ clock, warnings, stops }) => [clock.pending, warnings, stops])).toEqual([
    [0, [], []],
    [0, [], []],
  ]);
});
