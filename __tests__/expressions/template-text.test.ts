import { NumberData } from '@actions/expressions/data/index';
import { expect, test } from 'vitest';
import { asText, isTemplate } from '../../src/expressions/template-text.js';

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
