import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readFileUpTo } from '../../../src/machine/files/read-file.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';

test('a file is read byte by byte as it is', () => {
  using folder = newTempFolder();
  const bytes = Buffer.alloc(200_000, 'é\xff');
  expect(valueOf(readFileUpTo(folder.write('f', bytes), 1_000_000))).toEqual(bytes);
});

test('a missing file is not an error', () => {
  using folder = newTempFolder();
  folder.write('f');
  expect(valueOf(readFileUpTo(folder.at('none'), 10))).toBeUndefined();
  expect(valueOf(readFileUpTo(folder.at('f/none'), 10))).toBeUndefined();
});

test('a directory, a file beyond the limit and a name the system refuses are errors', () => {
  using folder = newTempFolder();
  expect(errorOf(readFileUpTo(folder.path, 10)).kind).toBe('directory');
  expect(errorOf(readFileUpTo(folder.write('f', '0123456789x'), 10)).kind).toBe('too-large');
  expect(errorOf(readFileUpTo('a'.repeat(300), 10)).kind).toBe('unreadable');
});

test.skipIf(process.getuid?.() === 0)('a file that may not be read is an error', () => {
  using folder = newTempFolder();
  chmodSync(folder.write('f'), 0o000);
  expect(errorOf(readFileUpTo(folder.at('f'), 10)).kind).toBe('unreadable');
});
