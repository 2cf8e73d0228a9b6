import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  decodeDeletions,
  deletionsBetween,
  encodeDeletions,
  type Deletion,
  missingNames,
} from '../../src/checkpoint/deletions.js';
import type { Listing, ListedKind } from '../../src/checkpoint/tar/tar-listing.js';
import { errorOf, valueOf } from '../machine/temp-folder.js';
import { newTarWorkspace, type TarWorkspace } from './tar-workspace.js';

const EVERYTHING = { isInScope: () => true, unreadable: [] };
const listed = (deletions: readonly Deletion[]): readonly string[] =>
  deletions.map(({ name, kind }) => `${kind} ${name}`);

/** The paths that count as deleted after a change of a workspace, from real listings. */
const deletedBy = (change: (workspace: TarWorkspace) => void): readonly string[] => {
  using workspace = newTarWorkspace();
  workspace.write('a/b/c/deep');
  workspace.write('a/b/file');
  workspace.write('a/caf\xe9\n\xff');
  workspace.write('file');
  workspace.list();
  change(workspace);
  const { before, after } = workspace.archive();
  return listed(deletionsBetween(before, after, EVERYTHING));
};
const remove = ({ pathOf }: TarWorkspace, name: string): void => rmSync(pathOf(name), { recursive: true });

describe('deleted', () => {
  test('is nothing when files are written, made or changed', () => {
    const deleted = deletedBy((workspace) => {
      workspace.write('file', 'changed');
      workspace.write('a/new/file');
    });
    expect(deleted).toEqual([]);
  });

  test('is a missing file, whatever bytes are in its name', () => {
    expect(deletedBy((workspace) => remove(workspace, 'a/caf\xe9\n\xff'))).toEqual(['other a/caf\xe9\n\xff']);
  });

  test('is a folder with everything that was in it, deepest first', () => {
    expect(deletedBy((workspace) => remove(workspace, 'a'))).toEqual([
      ...['other a/b/c/deep', 'folder a/b/c', 'other a/b/file', 'folder a/b', 'other a/caf\xe9\n\xff', 'folder a'],
    ]);
  });

  test('is the old name of what was renamed', () => {
    const deleted = deletedBy(({ pathOf }) => {
      renameSync(pathOf('a/b'), pathOf('b'));
      renameSync(pathOf('file'), pathOf('a/moved'));
    });
    expect(deleted).toEqual(['other a/b/c/deep', 'folder a/b/c', 'other a/b/file', 'folder a/b', 'other file']);
  });

  test('is a file in whose place there is a folder', () => {
    const deleted = deletedBy((workspace) => {
      remove(workspace, 'file');
      workspace.write('file/in it');
    });
    expect(deleted).toEqual(['other file']);
  });

  test.each([
    ['a file', (path: Buffer) => writeFileSync(path, '')],
    ['a link to a folder', (path: Buffer) => symlinkSync('c', path)],
  ])('is a folder in whose place there is %s', (_what, make) => {
    const deleted = deletedBy((workspace) => {
      renameSync(workspace.pathOf('a/b/c'), workspace.pathOf('c'));
      remove(workspace, 'a/b');
      make(workspace.pathOf('a/b'));
    });
    expect(deleted).toEqual(['other a/b/c/deep', 'folder a/b/c', 'other a/b/file', 'folder a/b']);
  });

  test('is what a re-created folder lost', () => {
    const deleted = deletedBy((workspace) => {
      remove(workspace, 'a/b');
      mkdirSync(workspace.pathOf('a/b'));
      workspace.write('a/b/file');
    });
    expect(deleted).toEqual(['other a/b/c/deep', 'folder a/b/c']);
  });

  test('is a folder that tar started at', () => {
    using workspace = newTarWorkspace();
    workspace.write('one/file');
    workspace.write('two/deep/file');
    workspace.list(['./one', './two']);
    remove(workspace, 'two');
    const { before, after } = workspace.archive(['./one']);
    const names = ['other two/deep/file', 'folder two/deep', 'folder two'];
    expect(listed(deletionsBetween(before, after, EVERYTHING))).toEqual(names);
  });
});

describe('not deleted', () => {
  const listing = (folders: Readonly<Record<string, Readonly<Record<string, 'folder' | 'other'>>>>): Listing => ({
    startedAtMs: 0,
    folders: new Map(
      Object.entries(folders).map(([name, entries]) => [name, { entries: new Map(Object.entries(entries)) }]),
    ),
  });
  const before = listing({ '': { a: 'folder', ab: 'other' }, a: { b: 'folder', c: 'other' }, 'a/b': { d: 'other' } });

  test('is what was out of scope', () => {
    const rules = { ...EVERYTHING, isInScope: (name: string) => name !== 'a/c' };
    const names = ['other a/b/d', 'folder a/b', 'folder a', 'other ab'];
    expect(listed(deletionsBetween(before, listing({ '': {} }), rules))).toEqual(names);
  });

  test('is what could not be read, nor what is beneath it', () => {
    const after = listing({ '': { a: 'other' } });
    expect(listed(deletionsBetween(before, after, { ...EVERYTHING, unreadable: ['a'] }))).toEqual(['other ab']);
  });

  test('is what is in a folder that is there and was not looked into', () => {
    const after = listing({ '': { a: 'folder', ab: 'other' }, a: { b: 'folder', c: 'other' } });
    expect(deletionsBetween(before, after, EVERYTHING)).toEqual([]);
  });

  test('is anything when the workspace itself was not looked into', () => {
    expect(deletionsBetween(before, listing({}), EVERYTHING)).toEqual([]);
  });
});

describe('the stored form', () => {
  test('holds every name', () => {
    const deletions: readonly Deletion[] = [
      { name: 'a/caf\xe9\n\xff', kind: 'other' },
      { name: 'a b', kind: 'folder' },
    ];
    expect(encodeDeletions(deletions).toString('latin1')).toBe('f a/caf\xe9\n\xff\0d a b\0');
    expect(valueOf(decodeDeletions(encodeDeletions(deletions)))).toEqual(deletions);
    expect(valueOf(decodeDeletions(encodeDeletions([])))).toEqual([]);
  });

  test.each([
    ['f a', 'truncated'],
    ['x a\0', 'malformed'],
    ['fa\0', 'malformed'],
    ['\0', 'malformed'],
    ['f \0', 'must not'],
    ['f ../a\0', 'must not'],
    ['d /etc\0', 'must not'],
    ['f .git/config\0', 'must not'],
    ['d .git\0', 'must not'],
  ])('%j is an error', (text, because) => {
    expect(errorOf(decodeDeletions(Buffer.from(text)))).toContain(because);
  });
});

/** Folders by name, each with its entries; entries that end in a slash are folders. */
const listing = (folders: Readonly<Record<string, readonly string[]>>): Listing => ({
  startedAtMs: 0,
  folders: new Map(
    Object.entries(folders).map(([folder, entries]) => [
      folder,
      { entries: new Map(entries.map((entry): [string, ListedKind] => entryOf(entry))) },
    ]),
  ),
});

const entryOf = (entry: string): [string, ListedKind] =>
  entry.endsWith('/') ? [entry.slice(0, -1), 'folder'] : [entry, 'other'];

test('nothing is missing where everything is there, whatever it is now and whatever else is there', () => {
  const baseline = listing({ '': ['a', 'dir/'], dir: ['b'] });
  const now = listing({ '': ['a/', 'dir/', 'more'], a: [], dir: ['b', 'c'] });
  expect(missingNames(baseline, now)).toEqual({ count: 0, examples: [] });
});

test('missing names are counted with what was in missing folders; the outermost are shown', () => {
  const baseline = listing({
    '': ['z', 'dir/', 'kept/'],
    dir: ['a', 'sub/'],
    'dir/sub': ['x'],
    kept: ['\xc3\xbc', 'b'],
  });
  const now = listing({ '': ['kept/'], kept: ['b'] });
  expect(missingNames(baseline, now)).toEqual({ count: 6, examples: ['dir', 'kept/ü', 'z'] });
});

test('at most three are shown', () => {
  const baseline = listing({ '': ['e', 'd', 'c', 'b', 'a'] });
  expect(missingNames(baseline, listing({ '': [] }))).toEqual({ count: 5, examples: ['a', 'b', 'c'] });
});
