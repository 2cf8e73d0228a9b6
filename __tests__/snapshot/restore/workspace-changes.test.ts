import { chmodSync, existsSync, mkdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createWorkspaceChanges, type WorkspaceChanges } from '../../../src/snapshot/restore/workspace-changes.js';
import { describeTree } from '../../machine/describe-tree.js';
import { newTempFolder, type TempFolder } from '../../machine/temp-folder.js';

const newChanges = (temp: TempFolder): WorkspaceChanges => {
  for (const name of ['workspace', 'tree', 'displaced']) mkdirSync(temp.at(name), { recursive: true });
  const [workspace, tree, displaced] = ['workspace', 'tree', 'displaced'].map((name) => Buffer.from(temp.at(name)));
  if (workspace === undefined || tree === undefined || displaced === undefined) throw new Error('three folders');
  return createWorkspaceChanges({ workspace, tree, displaced });
};

test('what was changed is as before once it is undone: content, modes and times', () => {
  using temp = newTempFolder();
  for (const name of ['a', 'dir/file', 'gone/x', 'full/y']) temp.write(`workspace/${name}`);
  for (const name of ['a', 'new/sub/file']) temp.write(`tree/${name}`);
  chmodSync(temp.at('workspace/gone'), 0o500);
  for (const name of ['gone', 'dir', '']) utimesSync(temp.at(`workspace/${name}`), 1e9, 1e9);
  const before = describeTree(temp.path);
  const changes = newChanges(temp);
  changes.moveAside('a');
  changes.bringIn('a');
  changes.moveAside('gone/x');
  expect([changes.removeFolder('gone'), changes.removeFolder('full')]).toEqual([true, false]);
  changes.bringIn('new');
  changes.settle(
    new Map([
      ['dir', { mode: 0o711, mtimeMs: 2e12 }],
      ['new/sub', { mode: 0o500, mtimeMs: 2e12 }],
    ]),
  );
  expect(describeTree(temp.path)).not.toEqual(before);
  expect(changes.undo()).toEqual([]);
  const after = describeTree(temp.path).filter((line) => !line.startsWith('displaced '));
  expect(after.filter((line) => line.startsWith('workspace'))).toEqual(
    before.filter((line) => line.startsWith('workspace')),
  );
  expect(existsSync(temp.at('tree/new/sub/file'))).toBe(true);
});

test('in the end folders look as they should, and those not mentioned as before', () => {
  using temp = newTempFolder();
  for (const name of ['dir/sub/a', 'other/b']) temp.write(`workspace/${name}`);
  for (const name of ['dir/sub/a', 'other/b']) temp.write(`tree/${name}`, 'new');
  for (const name of ['dir/sub', 'dir', 'other']) utimesSync(temp.at(`workspace/${name}`), 1e9, 1e9);
  const changes = newChanges(temp);
  for (const name of ['dir/sub/a', 'other/b']) {
    changes.moveAside(name);
    changes.bringIn(name);
  }
  changes.settle(new Map([['dir', { mode: 0o40700, mtimeMs: 1.5e12 }]]));
  const look = (name: string) => {
    const { mode, mtimeMs } = statSync(temp.at(`workspace/${name}`));
    return [mode & 0o7777, mtimeMs];
  };
  expect(look('dir')).toEqual([0o700, 1.5e12]);
  expect(look('dir/sub')[1]).toBe(1e12);
  expect(look('other')[1]).toBe(1e12);
  expect(temp.read('workspace/dir/sub/a')).toBe('new');
});

test('what cannot be put back is named with its place, and the rest is put back', () => {
  using temp = newTempFolder();
  for (const name of ['a', 'b', 'c']) temp.write(`workspace/${name}`);
  const changes = newChanges(temp);
  for (const name of ['a', 'b', 'c']) changes.moveAside(name);
  temp.write('workspace/b/in-the-way');
  rmSync(temp.at('displaced/3'));
  const lost = changes.undo();
  expect(lost).toHaveLength(2);
  expect(lost[0]).toMatch(/^"c", which is now .*displaced\/3: ENOENT/);
  expect(lost[1]).toMatch(/^"b", which is now .*displaced\/2: (EISDIR|EEXIST|ENOTEMPTY)/);
  expect(temp.read('workspace/a')).toBe('content of workspace/a');
  expect(existsSync(temp.at('displaced/2'))).toBe(true);
});
