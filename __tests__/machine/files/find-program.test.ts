import { chmodSync, mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createProgramLookup, findProgramPath, PATH_DELIMITER } from '../../../src/machine/files/find-program.js';
import { newTempFolder } from '../temp-folder.js';

test('a program is found in any folder of the path', () => {
  using folder = newTempFolder();
  chmodSync(folder.write('second/tool'), 0o755);
  const has = createProgramLookup([folder.at('first'), folder.at('second')].join(PATH_DELIMITER));
  expect(has('tool')).toBe(true);
  expect(has('other')).toBe(false);
});

test('a file that cannot be executed is not a program, nor is a folder', () => {
  using folder = newTempFolder();
  folder.write('plain');
  mkdirSync(folder.at('folder'));
  const has = createProgramLookup(folder.path);
  expect([has('plain'), has('folder')]).toEqual([false, false]);
});

test('an empty path has no programs', () => {
  expect(createProgramLookup('')('sh')).toBe(false);
});

test('the path of a program is that of the first in a folder with an absolute name', () => {
  using folder = newTempFolder();
  for (const name of ['first/tool', 'second/tool']) chmodSync(folder.write(name), 0o755);
  const path = ['.', 'first', folder.at('first'), folder.at('second')].join(PATH_DELIMITER);
  expect(findProgramPath('tool', path)).toBe(folder.at('first/tool'));
  expect(findProgramPath('other', path)).toBeUndefined();
});
