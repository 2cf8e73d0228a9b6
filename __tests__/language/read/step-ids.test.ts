import { expect, test } from 'vitest';
import { listsIn } from '../../../src/language/model/pipeline.js';
import { lines, mistakesIn, stepsOf } from '../reading.js';

const idsOf = async (steps: string): Promise<readonly string[]> =>
  (await stepsOf(`steps: [${steps}]`)).map(({ id }) => id);

test.each([
  ['Build & Test!', 'build-test'],
  ['  spaces  ', 'spaces'],
  ['2nd pass', 'step-2nd-pass'],
  ['日本語', 'step-1'],
  ['Test ${{ inputs.x }} now', 'test-now'],
  ['${{ inputs.x }}', 'step-1'],
  ['x'.repeat(200), 'x'.repeat(80)],
])('the id of a step named "%s" is %s', async (name, id) => {
  const [step] = await stepsOf(`inputs: {x: }\nsteps: [{name: "${name}", run: a}]`);
  expect(step?.id).toBe(id);
});

test('a made id gives way to a stated one, before or after it', async () => {
  expect(await idsOf('{name: a, run: x}, {id: a, run: y}, {id: step-4, run: z}, {run: z}')).toEqual([
    'a-2',
    'a',
    'step-4',
    'step-4-2',
  ]);
});

test('a made id gives way to the ids around it', async () => {
  const [group] = await stepsOf('steps: [{steps: [{run: a}, {name: Step 1, run: b}]}]');
  expect(group === undefined ? [] : listsIn(group).flatMap((list) => list.map(({ id }) => id))).toEqual([
    'step-1-2',
    'step-1-3',
  ]);
});

test('an id that a step states is free in a list beside it', async () => {
  expect(await mistakesIn('steps: [{steps: [{id: a, run: x}]}, {steps: [{id: a, run: y}]}]')).toEqual([]);
});

test('ten thousand steps of one name get different ids', async () => {
  const [group] = await stepsOf(`steps:\n  - parallel:\n${lines(10_000, () => `      - {name: Same name, run: a}\n`)}`);
  const ids = group === undefined ? [] : listsIn(group).flatMap((list) => list.map(({ id }) => id));
  expect(new Set(ids).size).toBe(10_000);
  expect(ids.slice(0, 3)).toEqual(['same-name', 'same-name-2', 'same-name-3']);
});

test('the names of fallbacks are not ids, stated or made', async () => {
  expect(await idsOf('{name: Finally, run: a}, {name: finally, run: b}')).toEqual(['finally-2', 'finally-3']);
  expect(await mistakesIn('steps: [{id: ON_failure, run: a}]')).toEqual([expect.stringContaining('[reserved-id]')]);
});
