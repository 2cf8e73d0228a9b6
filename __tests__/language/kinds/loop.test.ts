import { expect, test } from 'vitest';
import { mistakesIn, stepsOf } from '../reading.js';

const step = async (fields: string) => (await stepsOf(`steps: [{${fields}}]`))[0];

test('a loop asks before or after each iteration, and stops at ten unless it says otherwise', async () => {
  const steps = 'steps: [{id: a, run: a}]';
  expect(await step(`while: "steps.a.outcome != 'success'", ${steps}`)).toMatchObject({
    kind: 'loop',
    asks: 'before',
    condition: "steps.a.outcome != 'success'",
    maxIterations: 10,
    steps: [{ id: 'a' }],
  });
  expect(await step(`do_while: true, max_iterations: 3, ${steps}`)).toMatchObject({
    asks: 'after',
    condition: 'true',
    maxIterations: 3,
  });
});

test('its condition sees its steps and those before it, and not itself', async () => {
  const file = (id: string): string =>
    `steps: [{id: before, run: a}, {id: loop, while: steps.${id}.outcome, steps: [{id: a, run: a}, {id: b, run: b}]}, {id: later, run: c}]`;
  expect(await mistakesIn(file('b'))).toEqual([]);
  expect(await mistakesIn(file('before'))).toEqual([]);
  expect(await mistakesIn(file('loop'))).toEqual([expect.stringContaining('[not-upstream]')]);
  expect(await mistakesIn(file('later'))).toEqual([expect.stringContaining('[not-upstream]')]);
});
