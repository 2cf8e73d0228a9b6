import { expect, test } from 'vitest';
import { mistakesIn, stepsOf } from '../reading.js';

test('the kind of a step is what its key says', async () => {
  const steps = await stepsOf('steps: [{run: a}, {commands: [a]}, {steps: [{run: a}]}, {parallel: [{run: a}]}]');
  expect(steps.map(({ kind }) => kind)).toEqual(['script', 'commands', 'group', 'parallel']);
});

test('a broken step keeps its place, so that no other mistake follows from it', async () => {
  expect(await mistakesIn('steps: [{id: a, run: x}, 5, {id: c, needs: [a, step-2], run: y}]')).toEqual([
    expect.stringContaining('[wrong-type]'),
  ]);
});

test('the same mutex may stand on a group and beside it, but not inside it', async () => {
  expect(await mistakesIn('steps: [{mutex: m, steps: [{run: a}]}, {mutex: m, run: b}]')).toEqual([]);
  expect(await mistakesIn('steps: [{mutex: m, steps: [{steps: [{run: a, mutex: m}]}]}]')).toEqual([
    expect.stringContaining('[nested-mutex]'),
  ]);
});
