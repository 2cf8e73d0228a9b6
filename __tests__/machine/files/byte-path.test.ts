import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createFolderCheck, pathIn, statIn } from '../../../src/machine/files/byte-path.js';
import { newTempFolder } from '../temp-folder.js';

test('names become paths byte by byte', () => {
  const folder = Buffer.from('/wörk');
  expect(pathIn(folder, '')).toEqual(folder);
  expect(pathIn(folder, 'a/\xff')).toEqual(Buffer.concat([folder, Buffer.from('/a/'), Buffer.from([0xff])]));
});

test('what is there is seen without following links', () => {
  using temp = newTempFolder();
  symlinkSync('nowhere', temp.at('link'));
  const folder = Buffer.from(temp.path);
  expect(statIn(folder, 'link')?.isSymbolicLink()).toBe(true);
  expect(statIn(folder, 'none')).toBeUndefined();
});

test('a folder is a real one when nothing above it is a link', () => {
  using temp = newTempFolder();
  mkdirSync(temp.at('a/b'), { recursive: true });
  temp.write('file');
  symlinkSync('a', temp.at('link'));
  const isRealFolder = createFolderCheck(Buffer.from(temp.path));
  const answers = ['', 'a', 'a/b', 'a/none', 'file', 'file/x', 'link', 'link/b'].filter(isRealFolder);
  expect(answers).toEqual(['', 'a', 'a/b']);
  rmSync(temp.at('a'), { recursive: true });
  expect(isRealFolder('a/b')).toBe(true);
});
