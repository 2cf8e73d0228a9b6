import { expect, test } from 'vitest';
import { CHECK, EVERY_STEP, PROCESS_FIELDS, RETRY, STEP_OUTPUTS } from '../../../src/language/fields/step-fields.js';

test('every field of retry and of a check can be used', () => {
  expect([...RETRY, ...CHECK].filter(({ shape }) => shape === undefined)).toEqual([]);
});

test('no field of some kinds is a field of every kind', () => {
  const some = [...PROCESS_FIELDS, STEP_OUTPUTS].map(({ name }) => name);
  expect(EVERY_STEP.filter(({ name }) => some.includes(name))).toEqual([]);
});
