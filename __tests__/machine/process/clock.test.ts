import { expect, test } from 'vitest';
import { systemClock } from '../../../src/machine/process/clock.js';

const firesAfter = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    systemClock.after(ms, resolve);
  });

test('a callback fires once its time has passed', async () => {
  const start = systemClock.now();
  await firesAfter(20);
  expect(systemClock.now() - start).toBeGreaterThanOrEqual(19);
});

test('callbacks fire in the order of their times', async () => {
  const fired: string[] = [];
  systemClock.after(15, () => fired.push('second'));
  systemClock.after(5, () => fired.push('first'));
  await firesAfter(30);
  expect(fired).toEqual(['first', 'second']);
});

test('a cancelled callback never fires, and cancelling again is harmless', async () => {
  const fired: string[] = [];
  const cancel = systemClock.after(5, () => fired.push('cancelled'));
  cancel();
  await firesAfter(15);
  cancel();
  expect(fired).toEqual([]);
});

test('a time of months does not fire at once', async () => {
  const fired: string[] = [];
  const cancel = systemClock.after(2 * (2 ** 31 - 1) + 1, () => fired.push('months'));
  await firesAfter(15);
  cancel();
  expect(fired).toEqual([]);
});
