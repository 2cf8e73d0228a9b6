import { expect, test } from 'vitest';
import { calledBy, isContainer, isProcessKind, listsIn, stepPath } from '../../../src/language/model/pipeline.js';
import { readFiles } from '../many-files.js';
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

test('every step starts processes or holds steps', async () => {
  const steps = await stepsOf('steps: [{run: a}, {commands: [b]}, {steps: [{run: c}]}, {for_each: [1], run: d}]');
  expect(steps.map(({ kind }) => isProcessKind(kind))).toEqual([true, true, false, false]);
});

test('the steps of a called file are not written in the call', async () => {
  const read = await readFiles({
    'savepoint.yml': 'steps: [{pipeline: a.yml, finally: [{id: b, run: b}]}]',
    'a.yml': 'steps: [{id: a, run: a}]',
  });
  const [call] = read.ok ? read.value.steps : [];
  expect(call && listsIn(call).flatMap((list) => list.map(({ id }) => id))).toEqual(['b']);
  expect(call && calledBy(call)?.file).toBe('a.yml');
});
