import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
} from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../src/base/hash.js';
import { packArchive, packPlainFile } from '../../src/snapshot/pack-archive.js';
import { bestCompression } from '../../src/snapshot/sealed/stored-file.js';
import { takeFullArchive } from '../../src/snapshot/take-archive.js';
import { errorOf, valueOf, newTempFolder } from '../machine/temp-folder.js';
import { EVERYTHING, extract, goneIn, namesInTree, newArchives } from './archives.js';

describe('a packed archive', () => {
  test('gives back what changed: content, modes, times, links, holes and empty folders', async () => {
    using archives = await newArchives();
    const { inside, write } = archives;
    await archives.list();
    chmodSync(write('bin/run', '#!/bin/sh\n'), 0o751);
    utimesSync(write('dated'), 1e9, 1e9 + 0.25);
    linkSync(inside('dated'), inside('same'));
    symlinkSync('nowhere/at all', inside('link'));
    truncateSync(write('sparse', 'x'), 1024 ** 3);
    mkdirSync(inside('empty'), 0o700);
    await archives.take();
    const folder = extract(archives, await archives.pack());
    const stat = (name: string) => lstatSync(`${folder}/${name}`);
    expect(readdirSync(folder).sort()).toEqual(['.made', 'bin', 'dated', 'empty', 'link', 'same', 'sparse']);
    expect([stat('bin/run').mode & 0o7777, stat('empty').mode & 0o7777]).toEqual([0o751, 0o700]);
    expect([stat('dated').mtimeMs, stat('dated').ino]).toEqual([1e12 + 250, stat('same').ino]);
    expect(readlinkSync(`${folder}/link`)).toBe('nowhere/at all');
    expect(stat('sparse').size).toBe(1024 ** 3);
    expect(stat('sparse').blocks * 512).toBeLessThan(1_000_000);
  });

  test('has size, digest and bytes of what lies there', async () => {
    using archives = await newArchives();
    archives.write('old');
    await archives.list();
    archives.write('new');
    rmSync(archives.inside('old'));
    await archives.take();
    const packed = await archives.pack();
    const described = (name: string) => {
      const stored = readFileSync(archives.temp.at(name));
      const digest = createHash('sha256').update(stored).digest('hex');
      return { name, size_bytes: stored.length, digest, compression: 'gzip' };
    };
    expect(packed).toEqual({
      tree: described('000001.tree'),
      deleted: described('000001.deleted'),
      leftOut: [],
      bytes: described('000001.tree').size_bytes + described('000001.deleted').size_bytes,
    });
  });

  test('has no tree where nothing changed, and no deletions where nothing is gone', async () => {
    using archives = await newArchives();
    await archives.list();
    await archives.take();
    const there = readdirSync(archives.temp.path);
    expect(await archives.pack()).toEqual({ leftOut: [], bytes: 0 });
    expect(readdirSync(archives.temp.path)).toEqual(there);
  });

  test('has everything in a folder that was moved, also into the place of another one', async () => {
    using archives = await newArchives();
    for (const name of ['old/deep/a', 'other/b', 'first/c', 'second/d']) archives.write(name);
    await archives.list();
    const move = (from: string, to: string) => renameSync(archives.inside(from), archives.inside(to));
    move('old', 'new');
    move('other', 'new/other');
    move('first', 'aside');
    move('second', 'first');
    move('aside', 'second');
    await archives.take();
    const packed = await archives.pack();
    expect(namesInTree(archives, packed)).toEqual(
      expect.arrayContaining(['./new/deep/a', './new/other/b', './first/d', './second/c']),
    );
    expect([...goneIn(archives, packed)].sort()).toEqual([
      'folder old',
      'folder old/deep',
      'folder other',
      'other first/c',
      'other old/deep/a',
      'other other/b',
      'other second/d',
    ]);
  });

  test('is compressed as asked', async () => {
    using archives = await newArchives();
    await archives.list();
    archives.write('new');
    await archives.take();
    const packed = await archives.pack({}, { compression: bestCompression() });
    expect(packed.tree?.compression).toBe(bestCompression());
    expect(namesInTree(archives, packed)).toContain('./new');
  });

  test('has a folder only when it changed itself, also by its mode alone', async () => {
    using archives = await newArchives();
    for (const name of ['still/a', 'mode/a', 'more/a']) archives.write(name);
    for (const name of ['still', 'mode', 'more', '.']) utimesSync(archives.inside(name), 1, 1);
    await archives.list();
    chmodSync(archives.inside('mode'), 0o700);
    archives.write('more/b');
    await archives.take();
    const names = namesInTree(archives, await archives.pack());
    expect([...names].sort()).toEqual(['./mode/', './more/', './more/b']);
  });
});

describe('deleted files', () => {
  test('is listed with what was in it, also where a file became a folder and a folder a file', async () => {
    using archives = await newArchives();
    for (const name of ['gone/deep/a', 'moved', 'file', 'folder/a']) archives.write(name);
    await archives.list();
    rmSync(archives.inside('gone'), { recursive: true });
    renameSync(archives.inside('moved'), archives.inside('elsewhere'));
    rmSync(archives.inside('file'));
    archives.write('file/now-in-it');
    rmSync(archives.inside('folder'), { recursive: true });
    archives.write('folder', 'a file now');
    await archives.take();
    const packed = await archives.pack();
    const names = goneIn(archives, packed);
    expect([...names].sort()).toEqual([
      'folder folder',
      'folder gone',
      'folder gone/deep',
      'other file',
      'other folder/a',
      'other gone/deep/a',
      'other moved',
    ]);
    expect(names.indexOf('other gone/deep/a')).toBeLessThan(names.indexOf('folder gone'));
    expect(namesInTree(archives, packed)).toEqual(
      expect.arrayContaining(['./elsewhere', './file/', './file/now-in-it', './folder']),
    );
  });

  test('is not what could not be read, or never belonged', async () => {
    using archives = await newArchives();
    for (const name of ['closed/a', 'gone/a', '.work/logs/build.log']) archives.write(name);
    await archives.list();
    for (const name of ['closed', 'gone', '.work']) rmSync(archives.inside(name), { recursive: true });
    await archives.take();
    const packed = await archives.pack({}, { unreadable: ['closed'] });
    const names = goneIn(archives, packed);
    expect(names).toEqual(expect.arrayContaining(['other gone/a', 'folder gone']));
    expect(names.filter((name) => /closed|logs/.test(name))).toEqual([]);
  });

  test('is not known of an archive of everything', async () => {
    using archives = await newArchives();
    archives.write('.git/HEAD');
    archives.write('a');
    const target = archives.temp.at('full.tar');
    valueOf(await takeFullArchive({ tar: 'tar', workspace: archives.workspace, scope: EVERYTHING, target }));
    const job = { tarFile: target, scope: EVERYTHING, unreadable: [], folder: archives.temp.path, name: '000002' };
    const packed = valueOf(await packArchive({ ...job, compression: 'gzip' }, { secrets: [] }));
    expect(packed.deleted).toBeUndefined();
    expect([...namesInTree(archives, packed)].sort()).toEqual(['./', './a', './unchanged']);
  });
});

describe('no packed archive', () => {
  test('comes of a damaged one, and nothing is left of it', async () => {
    using archives = await newArchives();
    await archives.list();
    archives.write('big', Buffer.alloc(1_000_000));
    await archives.take();
    const { before, after, target: tarFile } = archives.latest();
    truncateSync(tarFile, 600_000);
    const there = readdirSync(archives.temp.path);
    const job = { tarFile, before, after, scope: EVERYTHING, unreadable: [], folder: archives.temp.path };
    const packed = await packArchive({ ...job, name: '1', compression: 'gzip' }, { secrets: [] });
    expect(errorOf(packed)).toContain('is not a whole archive');
    expect(readdirSync(archives.temp.path)).toEqual(there);
  });

  test('comes without its listings, or where there is no room for its deletions', async () => {
    using archives = await newArchives();
    archives.write('old');
    await archives.list();
    rmSync(archives.inside('old'));
    await archives.take();
    const { before, after, target: tarFile } = archives.latest();
    const job = { tarFile, before, after, scope: EVERYTHING, unreadable: [], folder: archives.temp.path };
    const privacy = { secrets: [] };
    const named = { ...job, name: '1', compression: 'gzip' as const };
    expect(errorOf(await packArchive({ ...named, after: archives.temp.at('gone') }, privacy))).toContain('ENOENT');
    mkdirSync(archives.temp.at('1.deleted/taken'), { recursive: true });
    expect(errorOf(await packArchive(named, privacy))).toContain('1.deleted');
    expect(existsSync(archives.temp.at('1.tree'))).toBe(false);
  });
});

test('a file is packed under the name of its target', async () => {
  using folder = newTempFolder();
  const source = folder.write('journal.jsonl', 'a line\n');
  const packed = valueOf(await packPlainFile(source, { target: folder.at('journal'), compression: 'gzip' }));
  const stored = readFileSync(folder.at('journal'));
  expect(packed).toEqual({ name: 'journal', size_bytes: stored.length, digest: sha256(stored), compression: 'gzip' });
  expect(gunzipSync(stored).toString()).toBe('a line\n');
});

test('a file that is not there is an error', async () => {
  using folder = newTempFolder();
  const packed = await packPlainFile(folder.at('absent'), { target: folder.at('journal'), compression: 'gzip' });
  expect(errorOf(packed)).toContain('ENOENT');
});
