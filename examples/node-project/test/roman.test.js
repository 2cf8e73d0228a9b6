import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromRoman, toRoman } from '../src/roman.js';

test('known years', () => {
  assert.equal(toRoman(1969), 'MCMLXIX');
  assert.equal(toRoman(2024), 'MMXXIV');
  assert.equal(fromRoman('MDCCLXXXIX'), 1789);
});

test('every number comes back', () => {
  for (let number = 1; number <= 3999; number++) assert.equal(fromRoman(toRoman(number)), number);
});

test('texts that are no numerals', () => {
  for (const text of ['', 'IIII', 'IC', 'mmxxiv', 'MMMM', 'X1']) assert.equal(fromRoman(text), undefined);
});

test('numbers without a numeral', () => {
  for (const number of [0, -1, 4000, 1.5, Number.NaN]) assert.throws(() => toRoman(number), RangeError);
});
