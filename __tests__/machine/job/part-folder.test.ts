import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  fileSizeBytes,
  isThere,
  newPartFolder,
  readJournalBytes,
  readWholeFile,
} from '../../../src/machine/job/part-folder.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';

test('only what is stored lies in the part, and the part is alone', () => {
  using temp = newTempFolder();
  temp.write('checkpoint/earlier/tree');
  temp.write('aside/left');
  const part = valueOf(newPartFolder(temp.path, '001-000001-n1'));
  expect(readdirSync(temp.at('checkpoint'))).toEqual(['001-000001-n1']);
  valueOf(part.store('manifest.json', '{}'));
  const aside = valueOf(part.write('journal', Buffer.from('lines')));
  expect(temp.read('aside/journal')).toBe('lines');
  expect(aside).toBe(temp.at('aside/journal'));
  expect(readdirSync(part.path)).toEqual(['manifest.json']);
  expect(part.sizeBytes()).toBe(2);
  part.remove();
  expect(readdirSync(temp.path)).toEqual([]);
});

test('a disk that does not take it is an error', () => {
  using temp = newTempFolder();
  expect(errorOf(newPartFolder(temp.write('file'), 'part'))).toContain('cannot put a checkpoint together');
  const part = valueOf(newPartFolder(temp.path, 'part'));
  expect(errorOf(part.store('no/such/folder', ''))).toContain('cannot write a checkpoint');
  expect(errorOf(part.write('no/such/folder', ''))).toContain('cannot write a checkpoint');
});

test('a file that is not there is an empty journal and has no size, but cannot be read as a whole', () => {
  using temp = newTempFolder();
  expect(valueOf(readJournalBytes(temp.at('journal')))).toEqual(Buffer.alloc(0));
  expect(fileSizeBytes(temp.at('journal'))).toBe(0);
  expect(isThere(temp.at('journal'))).toBe(false);
  expect(errorOf(readWholeFile(temp.at('journal')))).toContain('cannot read');
  temp.write('journal', 'ab');
  expect(valueOf(readJournalBytes(temp.at('journal'))).toString()).toBe('ab');
  expect(valueOf(readWholeFile(temp.at('journal'))).toString()).toBe('ab');
  expect([fileSizeBytes(temp.at('journal')), isThere(temp.at('journal'))]).toEqual([2, true]);
  expect(errorOf(readJournalBytes(temp.path))).toContain('cannot read the journal');
  expect(existsSync(temp.at('aside'))).toBe(false);
});

test('a folder that cannot be read holds nothing', () => {
  using temp = newTempFolder();
  const file = temp.write('file');
  for (const path of [`${file}/below`, temp.at('x'.repeat(300)), 'a\0b']) {
    expect([isThere(path), fileSizeBytes(path)]).toEqual([false, 0]);
  }
});
