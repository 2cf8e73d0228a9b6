import { wellKnownFunctions } from '@actions/expressions/funcs';
import { expect, test } from 'vitest';
import { FUNCTIONS, NEED_PROPERTIES, STATUS_FUNCTIONS, STEP_PROPERTIES } from '../../src/expressions/known-names.js';

const ownNames = ['success', 'failure', 'always', 'cancelled', 'hashfiles'];
const MANY = Number.MAX_SAFE_INTEGER;

test('the functions are those of the library, with the arguments they take there, and those of steps', () => {
  const arity = Object.fromEntries(
    FUNCTIONS.map(({ name, minArgs, maxArgs }) => [name.toLowerCase(), [minArgs, Math.min(maxArgs, MANY)]]),
  );
  const library = Object.entries(wellKnownFunctions).map(([name, { minArgs, maxArgs }]) => [name, [minArgs, maxArgs]]);
  expect(arity).toMatchObject(Object.fromEntries(library));
  expect(Object.keys(arity).sort()).toEqual([...Object.keys(wellKnownFunctions), ...ownNames].sort());
});

test('every status function is a function', () => {
  expect(FUNCTIONS.map(({ name }) => name)).toEqual(expect.arrayContaining([...STATUS_FUNCTIONS]));
});

test('a need has what a step has, and its result', () => {
  expect(NEED_PROPERTIES).toEqual([...STEP_PROPERTIES, 'result']);
});
