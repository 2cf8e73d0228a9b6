import { expect, test } from 'vitest';
import { safePath } from '../../../src/language/read/safe-path.js';
import type { ScalarNode } from '../../../src/language/yaml/yaml-tree.js';
import { treeOf } from '../reading.js';

const check = (value: string, mayBeRoot = true) => {
  const { reading, mistakes } = treeOf('a');
  const node: ScalarNode = { kind: 'scalar', value, start: 0, end: 1, verbatimAt: 0 };
  const path = safePath(node, { what: '"reads"', mayBeRoot }, reading);
  return mistakes.list()[0]?.message ?? path;
};

test.each([
  ['a/b', 'a/b'],
  ['./a', 'a'],
  ['.//./a//', 'a'],
  ['.', '.'],
  ['./', '.'],
  ['!a/**', '!a/**'],
  ['..a/b..', '..a/b..'],
  ['${{ inputs.dir }}/x', '${{ inputs.dir }}/x'],
])('%s is %s', (value, path) => {
  expect(check(value)).toBe(path);
});

test.each(['/a', '\\a', 'C:\\a', 'c:a', '!/a'])('%s is not relative', (value) => {
  expect(check(value)).toContain('"reads" must be a relative path, found');
});

test.each(['..', 'a/../b', '../a', 'a\\..\\b', '!../a'])('%s leads out', (value) => {
  expect(check(value)).toContain('"reads" must not lead out with "..", found');
});

test.each(['.', './', './.'])('%s names no folder of its own', (value) => {
  expect(check(value, false)).toContain('"reads" must name a folder, found');
});
