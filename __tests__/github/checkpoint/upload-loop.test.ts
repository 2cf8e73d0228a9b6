import { expect, test } from 'vitest';
import type { SaveResult } from '../../../src/github/checkpoint/save-checkpoint.js';
import { startUploadLoop } from '../../../src/github/checkpoint/upload-loop.js';
import { createFakeClock } from '../../rig/fake-clock.js';
import { settle } from '../../rig/settle.js';

/** A loop with an interval of 10 s, whose saves end when the test says so. */
const newLoop = (leg: { readonly jobTotal: number; readonly jobIndex: number } = { jobTotal: 1, jobIndex: 0 }) => {
  const clock = createFakeClock(0);
  const saves: { readonly atMs: number; readonly end: (result: SaveResult) => Promise<void> }[] = [];
  const results: string[] = [];
  let pauseUntil = 0;
  const loop = startUploadLoop({
    clock,
    random: () => 0.5,
    minIntervalMs: 10_000,
    ...leg,
    pauseMs: () => Math.max(0, pauseUntil - clock.now()),
    save: () =>
      new Promise((resolve) => {
        const end = (result: SaveResult): Promise<void> => {
          resolve(result);
          return settle();
        };
        saves.push({ atMs: clock.now(), end });
      }),
    onResult: ({ kind }) => results.push(kind),
  });
  const pause = (untilMs: number): void => void (pauseUntil = untilMs);
  return { clock, loop, saves, results, pause, times: () => saves.map(({ atMs }) => atMs) };
};

const DONE: SaveResult = { kind: 'saved', step: 'a', sequence: 1, bytes: 1 };

test('the first upload is an interval away, and none comes without something new', async () => {
  const { clock, loop, saves, times } = newLoop();
  await clock.advance(30_000);
  expect(times()).toEqual([]);
  loop.request();
  await clock.advance(0);
  expect(times()).toEqual([30_000]);
  await saves[0]?.end(DONE);
  await clock.advance(60_000);
  expect(times()).toEqual([30_000]);
});

test('the first uploads of a large matrix come one after the other, later ones as far apart as all together need', async () => {
  for (const [jobIndex, firstAt] of [
    [0, 10_000],
    [49, 30_000],
    [99, 60_000],
  ] as const) {
    const { clock, loop, saves, times } = newLoop({ jobTotal: 100, jobIndex });
    loop.request();
    await clock.advance(60_000);
    expect(times()).toEqual([firstAt]);
    loop.request();
    await saves[0]?.end(DONE);
    await clock.advance(60_000);
    expect(times()).toEqual([firstAt, 120_000]);
  }
});

test('what comes during an upload goes up together, an interval after its end', async () => {
  const { clock, loop, saves, times } = newLoop();
  loop.request();
  await clock.advance(10_000);
  expect(loop.isUploading()).toBe(true);
  loop.request();
  await clock.advance(20_000);
  loop.request();
  expect(times()).toEqual([10_000]);
  await saves[0]?.end(DONE);
  expect(loop.isUploading()).toBe(false);
  await clock.advance(9_999);
  expect(times()).toEqual([10_000]);
  await clock.advance(1);
  expect(times()).toEqual([10_000, 40_000]);
});

test('what failed is tried again after an interval, or when the store may be asked again', async () => {
  const { clock, loop, saves, times, results, pause } = newLoop();
  loop.request();
  await clock.advance(10_000);
  pause(60_000);
  await saves[0]?.end({ kind: 'failed', message: 'no' });
  await clock.advance(50_000);
  expect(times()).toEqual([10_000, 60_000]);
  expect(results).toEqual(['failed']);
});

test('trouble that comes while an upload waits for its time puts it off', async () => {
  const { clock, loop, times, pause } = newLoop();
  loop.request();
  await clock.advance(9_000);
  pause(15_000);
  await clock.advance(5_999);
  expect(times()).toEqual([]);
  await clock.advance(1);
  expect(times()).toEqual([15_000]);
});

test('a store that is not to be asked any more is not', async () => {
  const { clock, loop, pause } = newLoop();
  loop.request();
  pause(Infinity);
  await clock.advance(10_000);
  expect(clock.pending).toBe(0);
});

test('after too large a checkpoint the loop goes on with the next archive, under an ambiguous name it does not', async () => {
  const { clock, loop, saves, times } = newLoop();
  loop.request();
  await clock.advance(10_000);
  await saves[0]?.end({ kind: 'too-large', message: '', isRecordSaved: false });
  await clock.advance(10_000);
  expect(times()).toEqual([10_000]);
  loop.request();
  await clock.advance(0);
  expect(times()).toEqual([10_000, 20_000]);
  await saves[1]?.end({ kind: 'ambiguous', message: '' });
  loop.request();
  await clock.advance(60_000);
  expect(times()).toHaveLength(2);
});

test('a stopped loop starts nothing, and is idle once what was under way has ended', async () => {
  const { clock, loop, saves, results, times } = newLoop();
  loop.request();
  await clock.advance(10_000);
  loop.request();
  loop.stop();
  const idle = loop.idle().then(() => results.push('idle'));
  await settle();
  expect(results).toEqual([]);
  await saves[0]?.end(DONE);
  await idle;
  expect(results).toEqual(['saved', 'idle']);
  await clock.advance(60_000);
  expect(times()).toEqual([10_000]);
});
