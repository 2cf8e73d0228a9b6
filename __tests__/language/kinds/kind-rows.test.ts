import { expect, test } from 'vitest';
import { STEP_KINDS } from '../../../src/language/model/pipeline.js';
import {
  declaredOutputs,
  KIND_ROWS,
  ROW_OF_KEY,
  rowOf,
  STEP,
  STEP_MARKS,
  STEP_SPELLINGS,
} from '../../../src/language/kinds/kind-rows.js';
import { stepsOf } from '../reading.js';

const process = ['idle_timeout', 'kill_grace', 'retry', 'output_format', 'reads', 'writes', 'on_resume'];

test.each(process)('%s stands only on steps that start a process', (name) => {
  expect(STEP.find((field) => field.name === name)?.on).toEqual(['run', 'commands']);
});

test('a script for each item has no outputs but its own', () => {
  const on = STEP.find(({ name }) => name === 'outputs')?.on;
  expect(on).toContain('steps');
  expect(on).not.toContain('for_each');
});

test('rows stand in the order of the kinds, and each key has one', () => {
  expect(Object.keys(KIND_ROWS)).toEqual(Object.keys(STEP_KINDS));
  expect(STEP_MARKS.filter(({ name, shape }) => shape !== undefined && !ROW_OF_KEY.has(name))).toEqual([]);
  expect(ROW_OF_KEY.get('do_while')).toBe(KIND_ROWS.loop);
  expect(STEP_SPELLINGS.get('mode')?.field.on).toEqual(['commands']);
});

test('outputs are those that a step, or each of its items, declares; a script may have any', async () => {
  const steps = await stepsOf(`steps:
  - run: a
  - {steps: [{run: a}], outputs: {x: "1"}}
  - {for_each: [1], steps: [{run: a}], outputs: {y: "1"}}
  - {for_each: [1], run: a}`);
  expect(steps.map((step) => declaredOutputs(step.kind, step)?.names)).toEqual([undefined, ['x'], ['y'], undefined]);
  expect(steps.map((step) => rowOf(step).gives)).toEqual(['outputs', 'outputs', 'results', 'results']);
});
