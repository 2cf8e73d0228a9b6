import { expect, test } from 'vitest';
import { outsideFallbacks } from '../../src/checkpoint/fallback-path.js';

test.each([
  ['a/on_failure/x', 'a'],
  ['g/build[2]/finally/y/on_started/z', 'g/build[2]'],
  ['on_abortion/z', ''],
  ['on_failures/finally_done', 'on_failures/finally_done'],
  ['a/b[0]/c', 'a/b[0]/c'],
])('%s belongs to "%s"', (path, owner) => {
  expect(outsideFallbacks(path)).toBe(owner);
});
