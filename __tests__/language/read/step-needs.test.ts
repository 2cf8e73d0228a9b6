import { expect, test } from 'vitest';
import { listsIn } from '../../../src/language/model/pipeline.js';
import { lines, mistakesIn, stepsOf } from '../reading.js';

const needsOf = async (steps: string) => (await stepsOf(`steps: [${steps}]`)).map(({ needs }) => needs);

test('a step waits for the one before it unless it says otherwise', async () => {
  expect(await needsOf('{run: a}, {run: b}, {run: c, needs: []}, {run: d}')).toEqual([[], [0], [], [2]]);
});

test('concurrent steps wait for nothing unless they say so', async () => {
  const [group] = await stepsOf('steps: [{parallel: [{id: a, run: a}, {run: b}, {run: c, needs: a}]}]');
  expect(group === undefined ? [] : listsIn(group).flatMap((list) => list.map(({ needs }) => needs))).toEqual([
    [],
    [],
    [0],
  ]);
});

test('needs are one id or a list, later steps too, each once and whatever the case', async () => {
  expect(
    await needsOf('{id: a, run: a, needs: c}, {id: b, run: b, needs: [C, a, c]}, {id: c, run: c, needs: []}'),
  ).toEqual([[2], [2, 0], []]);
});

test('a cycle of ten thousand steps is reported once, by its beginning', async () => {
  const step = (index: number) => `  - {id: s${index}, needs: s${(index + 1) % 10_000}, run: a}\n`;
  const [cycle, ...others] = await mistakesIn(`steps:\n${lines(10_000, step)}`);
  expect(cycle).toMatch(/^2:14 these steps wait for each other: "s0" needs "s1" needs .*… \(10000 steps\) \[cycle\]$/);
  expect(others).toEqual([]);
});
