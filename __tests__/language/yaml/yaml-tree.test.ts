import { expect, test } from 'vitest';
import { describe as inWords, textOf } from '../../../src/language/yaml/yaml-tree.js';
import { treeOf, valueAt } from '../reading.js';

test.each([
  ['[1]', 'a list'],
  ['{a: 1}', 'a mapping'],
  ['~', 'nothing'],
  ['text', 'text'],
  ['1.50', 'the number 1.5'],
  ['true', 'true'],
])('%s is called %s', (yaml, words) => {
  expect(inWords(valueAt(treeOf(`x: ${yaml}`).root, 'x'))).toBe(words);
});

test('only text has a text', () => {
  const { root } = treeOf('a: b\nc: 1\nd: [e]');
  expect(['a', 'c', 'd'].map((key) => textOf(valueAt(root, key)))).toEqual(['b', undefined, undefined]);
  expect(textOf(undefined)).toBeUndefined();
});
