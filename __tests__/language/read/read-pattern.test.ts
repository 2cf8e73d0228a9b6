import { expect, test } from 'vitest';
import { readPattern } from '../../../src/language/read/read-pattern.js';
import { treeOf, valueAt } from '../reading.js';

test('a pattern that does not parse is reported with the reason', () => {
  const { root, mistakes } = treeOf('good: "^a|b$"\nbad: "(a"');
  expect(readPattern(valueAt(root, 'good'), 'match', { mistakes })).toBe('^a|b$');
  expect(mistakes.any()).toBe(false);
  readPattern(valueAt(root, 'bad'), 'match', { mistakes });
  expect(mistakes.list().map(({ message }) => message)).toEqual([
    '"match" is not a valid regular expression: unterminated group',
  ]);
});

test('a missing pattern is undefined', () => {
  const { mistakes } = treeOf('a: 1');
  expect(readPattern(undefined, 'match', { mistakes })).toBeUndefined();
});
