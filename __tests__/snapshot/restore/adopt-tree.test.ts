import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Deletion } from '../../../src/checkpoint/deletions.js';
import { adoptTree, type Adoption } from '../../../src/snapshot/restore/adopt-tree.js';
import { describeTree } from '../../machine/describe-tree.js';
import { newTempFolder, type TempFolder } from '../../machine/temp-folder.js';

const adopt = (temp: TempFolder, deletions: readonly Deletion[] = []): Adoption => {
  for (const name of ['workspace', 'tree', 'displaced']) mkdirSync(temp.at(name), { recursive: true });
  const folder = (name: string): Buffer => Buffer.from(temp.at(name));
  return adoptTree(
    { workspace: folder('workspace'), tree: folder('tree'), displaced: folder('displaced') },
    { files: new Map(), folders: new Map(), deletions },
  );
};

const namesIn = (temp: TempFolder, folder: string): readonly string[] =>
  describeTree(temp.at(folder)).map((line) => line.split(' ', 2).join(' '));

describe('a staged tree', () => {
  test('joins what is there', () => {
    using temp = newTempFolder();
    for (const name of ['a', 'dir/b', 'dir/kept']) temp.write(`workspace/${name}`);
    for (const name of ['a', 'dir/b', 'dir/new/c', 'e/f']) temp.write(`tree/${name}`, 'new');
    expect(adopt(temp)).toEqual({ kind: 'adopted', deleted: 0 });
    expect(namesIn(temp, 'workspace')).toEqual([
      'a file',
      'dir folder',
      'dir/b file',
      'dir/kept file',
      'dir/new folder',
      'dir/new/c file',
      'e folder',
      'e/f file',
    ]);
    expect([temp.read('workspace/a'), temp.read('workspace/dir/b')]).toEqual(['new', 'new']);
  });

  test('takes the place of a link, not of what the link leads to', () => {
    using temp = newTempFolder();
    temp.write('outside', 'kept');
    mkdirSync(temp.at('workspace'));
    symlinkSync(temp.at('outside'), temp.at('workspace/a'));
    temp.write('tree/a', 'new');
    expect(adopt(temp).kind).toBe('adopted');
    expect([temp.read('outside'), temp.read('workspace/a')]).toEqual(['kept', 'new']);
    expect(namesIn(temp, 'workspace')).toEqual(['a file']);
  });

  test('takes the place of a folder only when the chain deleted that', () => {
    using temp = newTempFolder();
    temp.write('workspace/dir/unknown');
    temp.write('tree/dir', 'a file');
    const before = describeTree(temp.at('workspace'));
    expect(adopt(temp)).toEqual({ kind: 'refused', because: '"dir" is a folder here but not in the checkpoint' });
    expect(describeTree(temp.at('workspace'))).toEqual(before);
    expect(adopt(temp, [{ name: 'dir', kind: 'folder' }])).toEqual({ kind: 'adopted', deleted: 0 });
    expect(temp.read('workspace/dir')).toBe('a file');
  });

  test.each(['file', 'link'])('is refused where a %s is and it has a folder', (kind) => {
    using temp = newTempFolder();
    temp.write('tree/z/file');
    temp.write('tree/a');
    temp.write('workspace/other');
    if (kind === 'file') temp.write('workspace/z');
    else symlinkSync('nowhere', temp.at('workspace/z'));
    const before = describeTree(temp.at('workspace'));
    expect(adopt(temp)).toEqual({
      kind: 'refused',
      because: `"z" is a ${kind} here and a folder in the checkpoint`,
    });
    expect(describeTree(temp.at('workspace'))).toEqual(before);
  });
});

test('deletions count names that went, and touch nothing beyond a link', () => {
  using temp = newTempFolder();
  for (const name of ['workspace/dir/a', 'workspace/dir/b', 'workspace/full/mine', 'outside/kept']) temp.write(name);
  symlinkSync(temp.at('outside'), temp.at('workspace/link'));
  const others = ['dir/a', 'dir/b', 'link/kept', 'none', 'none/x', 'full'];
  const deletions: Deletion[] = [
    ...others.map((name): Deletion => ({ name, kind: 'other' })),
    ...['dir', 'full', 'link'].map((name): Deletion => ({ name, kind: 'folder' })),
  ];
  expect(adopt(temp, deletions)).toEqual({ kind: 'adopted', deleted: 3 });
  expect(namesIn(temp, 'workspace')).toEqual(['full folder', 'full/mine file', 'link link']);
  expect(temp.read('outside/kept')).toBe('content of outside/kept');
});
