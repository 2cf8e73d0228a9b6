import { wellKnownFunctions } from '@actions/expressions/funcs';
import { describe, expect, test } from 'vitest';
import { FUNCTIONS, NEED_PROPERTIES, STATUS_FUNCTIONS, STEP_PROPERTIES } from '../../src/expressions/known-names.js';
import { NumberData } from '@actions/expressions/data/index';
import { asText, isTemplate } from '../../src/expressions/template-text.js';

describe('known names', () => {
  const ownNames = ['success', 'failure', 'always', 'cancelled', 'hashfiles'];
  const MANY = Number.MAX_SAFE_INTEGER;

  test('the functions are those of the library, with the arguments they take there, and those of steps', () => {
    const arity = Object.fromEntries(
      FUNCTIONS.map(({ name, minArgs, maxArgs }) => [name.toLowerCase(), [minArgs, Math.min(maxArgs, MANY)]]),
    );
    const library = Object.entries(wellKnownFunctions).map(([name, { minArgs, maxArgs }]) => [
      name,
      [minArgs, maxArgs],
    ]);
    expect(arity).toMatchObject(Object.fromEntries(library));
    expect(Object.keys(arity).sort()).toEqual([...Object.keys(wellKnownFunctions), ...ownNames].sort());
  });

  test('every status function is a function', () => {
    expect(FUNCTIONS.map(({ name }) => name)).toEqual(expect.arrayContaining([...STATUS_FUNCTIONS]));
  });

  test('a need has what a step has, and its result', () => {
    expect(NEED_PROPERTIES).toEqual([...STEP_PROPERTIES, 'result']);
  });
});

describe('template text', () => {
  test.each([
    ['a ${{ b }}', true],
    ['${{', true],
    ['$ {{ b }}', false],
    ['{{ b }}', false],
    ['', false],
  ])('%j is a template: %s', (text, expected) => {
    expect(isTemplate(text)).toBe(expected);
  });

  test.each([
    [null, ''],
    [true, 'true'],
    [false, 'false'],
    ['', ''],
    [' a ', ' a '],
    [[1, 'a', null], '[1,"a",null]'],
    [{ a: { b: 1 } }, '{"a":{"b":1}}'],
  ])('%j becomes the text %j', (value, expected) => {
    expect(asText(value)).toBe(expected);
  });

  test.each([0, -0, 1, -1, 0.1, 1.2, 1e21, 1e-7, 123456789012, 0.1 + 0.2, Number.NaN, Number.POSITIVE_INFINITY])(
    'the number %d becomes the text that the expression library gives it',
    (value) => {
      expect(asText(value)).toBe(new NumberData(value).coerceString());
    },
  );
});
