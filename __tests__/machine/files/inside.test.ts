import { expect, test } from 'vitest';
import { isInside } from '../../../src/machine/files/inside.js';

test.each([
  ['/a', '/a'],
  ['/a/', '/a'],
  ['/a', '/a/b'],
  ['/a', '/a/b/../c'],
  ['/a', '/a/..b'],
  ['/a', '/a/...'],
  ['/', '/'],
  ['/', '/a'],
])('in %s lies %s', (folder, path) => {
  expect(isInside(folder, path)).toBe(true);
});

test.each([
  ['/a', '/'],
  ['/a', '/ab'],
  ['/a', '/b'],
  ['/a/b', '/a'],
  ['/a/b', '/a/c/b'],
  ['/a', '/a/../b'],
  ['/a', '/a/..'],
])('in %s does not lie %s', (folder, path) => {
  expect(isInside(folder, path)).toBe(false);
});
