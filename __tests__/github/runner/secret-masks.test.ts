import { expect, test } from 'vitest';
import { createSecretMasks } from '../../../src/github/runner/secret-masks.js';

const tell = (...values: readonly string[]): readonly string[] => {
  const told: string[] = [];
  const masks = createSecretMasks((value) => told.push(value));
  for (const value of values) masks.add(value);
  return told;
};

test('a value is told once', () => {
  expect(tell('abc', 'def', 'abc')).toEqual(['abc', 'def']);
});

test('a value of several lines is told as a whole and line by line', () => {
  expect(tell('one\r\n\ntwo')).toEqual(['one\r\n\ntwo', 'one', 'two']);
});

test('nothing blank is told, as the runner would warn of it', () => {
  expect(tell('', ' \n ')).toEqual([]);
});
