import { expect, test } from 'vitest';
import { CHECK, RETRY, STEP } from '../../../src/language/fields/step-fields.js';

const process = ['idle_timeout', 'kill_grace', 'retry', 'output_format', 'reads', 'writes', 'on_resume'];

test.each(process)('%s stands only on steps that start a process', (name) => {
  expect(STEP.find((field) => field.name === name)?.on).toEqual(['run', 'commands']);
});

test('a script for each item has no outputs but its own', () => {
  const on = STEP.find(({ name }) => name === 'outputs')?.on;
  expect(on).toContain('steps');
  expect(on).not.toContain('for_each');
});

test('every field of retry and of a check can be used', () => {
  expect([...RETRY, ...CHECK].filter(({ shape }) => shape === undefined)).toEqual([]);
});
