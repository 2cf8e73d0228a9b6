import { mkdirSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isInside, realFile } from '../../../src/machine/files/inside.js';
import { newTempFolder } from '../temp-folder.js';

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

test('a file is where it is, or where a link in its folder leads', () => {
  using temp = newTempFolder();
  temp.write('work/a/file', '');
  symlinkSync('a/file', temp.at('work/link'));
  expect(realFile(temp.at('work'), 'a/file')).toBe(temp.at('work/a/file'));
  expect(realFile(temp.at('work'), 'link')).toBe(temp.at('work/a/file'));
});

test('nothing else is one', () => {
  using temp = newTempFolder();
  temp.write('outside', '');
  mkdirSync(temp.at('work/folder'), { recursive: true });
  symlinkSync('../outside', temp.at('work/out'));
  symlinkSync('nowhere', temp.at('work/dead'));
  symlinkSync('..', temp.at('work/up'));
  const names = ['folder', 'out', 'dead', 'up', 'up/outside', '../outside', 'none'];
  expect(names.map((name) => realFile(temp.at('work'), name))).toEqual(names.map(() => undefined));
});
