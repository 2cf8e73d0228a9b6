import { expect, test } from 'vitest';
import { isContainer, listsIn, stepPath } from '../../../src/language/model/pipeline.js';
import { stepsOf } from '../reading.js';

test('steps with steps inside are containers, and paths name the way to a step', async () => {
  const steps = await stepsOf(
    'steps: [{id: a, run: a}, {id: b, steps: [{id: c, run: c}]}, {id: d, parallel: [{run: e}]}]',
  );
  expect(steps.map((step) => isContainer(step))).toEqual([false, true, true]);
  expect(steps.map((step) => stepPath('', step))).toEqual(['a', 'b', 'd']);
  expect(steps.flatMap((step) => listsIn(step).flatMap((list) => list.map((each) => stepPath(step.id, each))))).toEqual(
    ['b/c', 'd/step-1'],
  );
});
