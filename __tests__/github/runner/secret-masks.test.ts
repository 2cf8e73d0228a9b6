import { expect, test } from 'vitest';
import { createSecretMasks } from '../../../src/github/runner/secret-masks.js';

const tell = (...values: readonly string[]): readonly string[] => {
  const told: string[] = [];
  const masks = createSecretMasks((value) => told.push(value));
  for (const value of values) masks.add(value);
  return told;
};

test('a value is passed on once', () => {
  expect(tell('abc', 'def', 'abc')).toEqual(['abc', 'def']);
});

test('a value of several lines is passed on as a whole and line by line', () => {
  expect(tell('one\r\n\ntwo')).toEqual(['one\r\n\ntwo', 'one', 'two']);
});

test('nothing blank is passed on, because the runner would warn of it', () => {
  expect(tell('', ' \n ')).toEqual([]);
});
