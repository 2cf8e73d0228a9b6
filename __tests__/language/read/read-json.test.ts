import { expect, test } from 'vitest';
import { readJson } from '../../../src/language/read/read-json.js';
import { treeOf } from '../reading.js';

test('values keep their types, and numbers that a double cannot hold their digits', () => {
  const { root, reading } = treeOf('[1, 0.5, a, true, ~, {b: [c]}, 12345678901234567890]');
  const standing = { place: 'step', viewer: undefined } as const;
  expect(readJson(root, standing, reading)).toEqual([1, 0.5, 'a', true, null, { b: ['c'] }, '12345678901234567890']);
  expect(reading.sites).toEqual([]);
});

test('expressions at any depth are noted', () => {
  const { root, reading } = treeOf('[{a: ["${{ x }}"]}, "${{ y }}"]');
  readJson(root, { place: 'step', viewer: undefined }, reading);
  expect(reading.sites.map(({ node }) => node.value)).toEqual(['${{ x }}', '${{ y }}']);
});
