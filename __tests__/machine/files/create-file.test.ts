import { expect, test } from 'vitest';
import { createFile } from '../../../src/machine/files/create-file.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';

test('a new file is written', () => {
  using folder = newTempFolder();
  valueOf(createFile(folder.at('new'), 'text'));
  expect(folder.read('new')).toBe('text');
});

test('a file that is there stays as it is', () => {
  using folder = newTempFolder();
  folder.write('mine', 'mine');
  expect(errorOf(createFile(folder.at('mine'), 'text'))).toContain('cannot write');
  expect(folder.read('mine')).toBe('mine');
});
