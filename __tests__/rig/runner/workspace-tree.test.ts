import { chmodSync, linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sha256 } from '../../../src/base/hash.js';
import { newTempFolder } from '../../machine/temp-folder.js';
import { readTree } from './workspace-tree.js';

test('a tree tells names, kinds, modes, times, links and content', () => {
  using folder = newTempFolder();
  const file = folder.write('a/file', 'content');
  chmodSync(file, 0o640);
  utimesSync(file, 1_000_000, 1_000_000);
  linkSync(file, folder.at('a/second'));
  symlinkSync('nowhere/at all', folder.at('a/link'));
  mkdirSync(folder.at('empty'), { mode: 0o700 });
  const entry = { kind: 'file', mode: '640', mtime: 1_000_000, digest: sha256('content') };
  expect(readTree(folder.path)).toMatchObject({
    a: { kind: 'folder' },
    'a/file': entry,
    'a/second': { ...entry, sameAs: 'a/file' },
    'a/link': { kind: 'symlink', target: 'nowhere/at all' },
    empty: { kind: 'folder', mode: '700' },
  });
});

test('git and the work directory are left out only at the top', () => {
  using folder = newTempFolder();
  for (const name of ['.git/config', '.work/journal', 'inner/.git/HEAD', 'inner/.work/x']) folder.write(name);
  expect(Object.keys(readTree(folder.path))).toEqual([
    'inner',
    'inner/.git',
    'inner/.git/HEAD',
    'inner/.work',
    'inner/.work/x',
  ]);
});

test('a name that is not UTF-8 is still a name', () => {
  using folder = newTempFolder();
  writeFileSync(Buffer.concat([Buffer.from(`${folder.path}/`), Buffer.from([0x66, 0xff])]), '');
  expect(Object.keys(readTree(folder.path))).toEqual(['f\u00ff']);
});
