import { expect, test } from 'vitest';
import { calledFilePath } from '../../../src/language/model/pipeline.js';
import { logName } from '../../../src/machine/workdir/log-name.js';

test.each([
  'build',
  'each[2]/x',
  'a/on_failure/b',
  'route/else/x',
  'outer[0]/inner[11]/finally/case-2',
  calledFilePath('call') + '/on_failure/x',
])('the files of %s have its path for a name', (path) => {
  expect(logName(path)).toBe(path);
});

test('paths that differ in capital letters only have names that differ in more', () => {
  const paths = ['build/x', 'Build/x', 'build/X', 'BUILD/x'];
  expect(new Set(paths.map((path) => logName(path)?.toLowerCase())).size).toBe(4);
  expect(logName('Build/x')).toMatch(/^Build\/x~[0-9a-f]{12}$/);
});

test('a path longer than file systems allow has a name of its own', () => {
  const deep = Array.from({ length: 60 }, (_, index) => `${'a'.repeat(100)}${String(index)}`);
  const names = [deep.join('/'), deep.toReversed().join('/')].map(logName);
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(name).toMatch(/^~[0-9a-f]{32}$/);
});

test.each(['', '../x', '/x', 'a//b', 'a/../b', 'each[x]', 'each[1][2]', 'a.log', '~a', 'a\n'])(
  '%j is no path of a step',
  (path) => {
    expect(logName(path)).toBeUndefined();
  },
);
