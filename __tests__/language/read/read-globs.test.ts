import { expect, test } from 'vitest';
import { mistakesIn, stepsOf } from '../reading.js';

test('globs are one or a list, in their plain form, and may hold expressions', async () => {
  const [step] = await stepsOf('steps: [{run: a, reads: ./src/, writes: [out/**, "log-${{ run.id }}.txt"]}]');
  expect(step).toMatchObject({ reads: ['src'], writes: ['out/**', 'log-${{ run.id }}.txt'] });
});

test('globs stay in the workspace, and their expressions are checked', async () => {
  expect(await mistakesIn('steps: [{run: a, reads: ../x, writes: "${{ steps.b }}"}]')).toEqual([
    expect.stringContaining('[bad-path]'),
    expect.stringContaining('[unknown-step]'),
  ]);
});
