import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Deletion } from '../../../src/checkpoint/deletions.js';
import { applicableDeletions, removeIfEmpty } from '../../../src/snapshot/restore/applicable-deletions.js';
import { newTempFolder } from '../../machine/temp-folder.js';

const deletions = (...texts: string[]): Deletion[] =>
  texts.map((text) => ({ kind: text.startsWith('d ') ? 'folder' : 'other', name: text.slice(2) }));

test('only what is there as what it was comes, each folder after what was in it', () => {
  using temp = newTempFolder();
  for (const name of ['a/b/c', 'a/d', 'a-b', 'was-folder', 'outside/x']) temp.write(name);
  mkdirSync(temp.at('was-file'));
  symlinkSync('outside', temp.at('link'));
  symlinkSync('outside', temp.at('was-dir'));
  const listed = deletions('d a', 'f a-b', 'f a/d', 'd a/b', 'f a/b/c', 'd was-folder', 'f was-file', 'f link/x');
  const more = deletions('f none', 'f none/x', 'f a-b/x', 'f link', 'd was-dir');
  const present = [...applicableDeletions(Buffer.from(temp.path), [...listed, ...more])];
  expect(present.map(({ name }) => name)).toEqual(['link', 'a/d', 'a/b/c', 'a/b', 'a-b', 'a']);
});

test('a folder is removed when nothing is in it', () => {
  using temp = newTempFolder();
  temp.write('full/file');
  mkdirSync(temp.at('empty'));
  expect(removeIfEmpty(Buffer.from(temp.at('full')))).toBe(false);
  expect(removeIfEmpty(Buffer.from(temp.at('empty')))).toBe(true);
  expect([existsSync(temp.at('full')), existsSync(temp.at('empty'))]).toEqual([true, false]);
  expect(() => removeIfEmpty(Buffer.from(temp.at('full/file')))).toThrow('ENOTDIR');
});
