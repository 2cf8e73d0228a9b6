import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Result } from '../../src/base/result.js';
import { takeArchive, takeFullArchive, takeListing, type TarReport } from '../../src/snapshot/take-archive.js';
import { EVERYTHING, namesIn, newArchives, type Archives } from './archives.js';
import { startSource } from '../machine/source-child.js';
import { errorOf, newTempFolder, valueOf } from '../machine/temp-folder.js';

/** The files in the latest archive; folders are in every one. */
const filesIn = (archives: Archives): readonly string[] =>
  namesIn(archives.latest().target).filter((name) => !name.endsWith('/'));

describe('an archive', () => {
  test('holds what changed since its listing, and the next one what changed since then', async () => {
    using archives = await newArchives();
    archives.write('deep/old');
    await archives.list();
    archives.write('deep/new');
    archives.write('unchanged', 'changed now');
    const report = await archives.take();
    expect(filesIn(archives)).toEqual(['./unchanged', './deep/new']);
    expect(report).toEqual({ changed: [], unreadable: [], sizeBytes: statSync(archives.latest().target).size });
    archives.write('deep/newer');
    await archives.take();
    expect(filesIn(archives)).toContain('./deep/newer');
  });

  test('holds again what changed just before its listing was made, because file times come from a slow clock', async () => {
    using archives = await newArchives();
    await archives.list();
    let isHeldAgain = false;
    // On a busy machine tar may start too late for that, but not every time.
    for (let round = 0; round < 50 && !isHeldAgain; round++) {
      archives.write('new', `round ${round}`);
      await archives.take();
      expect(filesIn(archives)).toContain('./new');
      await archives.take();
      isHeldAgain = filesIn(archives).includes('./new');
    }
    expect(isHeldAgain).toBe(true);
  });

  test('takes hardly any room for a hole of 1 GB', async () => {
    using archives = await newArchives();
    await archives.list();
    truncateSync(archives.write('sparse', 'x'), 1024 ** 3);
    const { sizeBytes } = await archives.take();
    expect(filesIn(archives)).toEqual(['./sparse']);
    expect(sizeBytes).toBeLessThan(100_000);
  });

  test('has none of what is excluded at the top', async () => {
    using archives = await newArchives({ include: ['.'], exclude: ['tmp/**'], workDir: '.work' });
    await archives.list();
    for (const name of ['.git/HEAD', 'gha-creds-1.json', '.work/logs/a', 'tmp/b', 'sub/.git/HEAD'])
      archives.write(name);
    await archives.take();
    expect(filesIn(archives)).toEqual(['./sub/.git/HEAD']);
  });

  test('has only what is included, of that what is there, and odd names to the letter', async () => {
    using archives = await newArchives({
      include: ['src', 'two words', '--help', 'later'],
      exclude: [],
      workDir: '.work',
    });
    await archives.list();
    for (const name of ['src/a', 'other', 'two words/d', '--help/me']) archives.write(name);
    await archives.take();
    expect([...filesIn(archives)].sort()).toEqual(['./--help/me', './src/a', './two words/d']);
    archives.write('later/e');
    await archives.take();
    expect(filesIn(archives)).toContain('./later/e');
  });

  test('has nothing of what is included behind a link, which may lead anywhere', async () => {
    using archives = await newArchives({ include: ['link/x', 'real/x'], exclude: [], workDir: '.work' });
    await archives.list();
    for (const name of ['real/x', 'other/x']) archives.write(name);
    symlinkSync('other', join(archives.workspace, 'link'));
    await archives.take();
    expect(filesIn(archives)).toEqual(['./real/x']);
  });

  test('has nothing of what is included in a folder that became a file', async () => {
    using archives = await newArchives({ include: ['src/x', 'other'], exclude: [], workDir: '.work' });
    archives.write('src/x');
    await archives.list();
    rmSync(join(archives.workspace, 'src'), { recursive: true });
    archives.write('src', 'a file now');
    archives.write('other');
    await archives.take();
    expect(filesIn(archives)).toEqual(['./other']);
  });

  test('is empty where nothing of what is included is there, and continues from that', async () => {
    using archives = await newArchives({ include: ['src'], exclude: [], workDir: '.work' });
    await archives.list();
    await archives.take();
    expect(namesIn(archives.latest().target)).toEqual([]);
    archives.write('src/a');
    await archives.take();
    expect(namesIn(archives.latest().target)).toEqual(['./src/', './src/a']);
  });

  test('may lie at a place that looks like another machine', async () => {
    using archives = await newArchives();
    await archives.list();
    const target = archives.temp.at('host:file.tar');
    const files = { before: archives.latest().after, after: archives.temp.at('after'), target };
    valueOf(await takeArchive({ tar: archives.tar, workspace: archives.workspace, scope: EVERYTHING, ...files }));
    expect(existsSync(target)).toBe(true);
  });

  test('names a file that changes while it is read', async () => {
    using archives = await newArchives();
    await archives.list();
    const busy = archives.write('büsy', Buffer.alloc(64 * 1024 * 1024));
    const state = { isTaken: false };
    const taking = archives.take().finally(() => (state.isTaken = true));
    while (!state.isTaken) {
      appendFileSync(busy, 'x');
      await nextTurn();
    }
    expect(await taking).toMatchObject({ changed: expect.arrayContaining(['büsy']) as unknown, unreadable: [] });
    expect(filesIn(archives)).toHaveLength(1);
  });
});

/** The command that runs another one without the rights of root; undefined if we are root and cannot give them up. */
const withoutRights = (): string | undefined => {
  if (process.getuid?.() !== 0) return '';
  const asNobody = ['--reuid=65534', '--clear-groups'];
  const tried = spawnSync('setpriv', [...asNobody, process.execPath, '--check', import.meta.filename]);
  return tried.status === 0 ? `exec setpriv ${asNobody.join(' ')} "$@";` : undefined;
};

describe.skipIf(withoutRights() === undefined)('paths that may not be read', () => {
  test('are named, and the rest is in the archive', async () => {
    using archives = await newArchives();
    const { temp, workspace, tar } = archives;
    for (const name of ['open/a', 'closed/b', 'nö\n', 'open/c']) archives.write(name);
    chmodSync(temp.path, 0o777);
    if (process.getuid?.() === 0) execFileSync('chown', ['-R', '65534', workspace]);
    const job = { tar, workspace, scope: EVERYTHING, listing: temp.at('0') };
    const next = {
      tar,
      workspace,
      scope: EVERYTHING,
      before: temp.at('0'),
      after: temp.at('1'),
      target: temp.at('a.tar'),
    };
    const child = startSource(
      `
      import { chmodSync, writeFileSync } from 'node:fs';
      import { takeArchive, takeListing } from 'src/snapshot/take-archive.js';
      process.chdir(${JSON.stringify(workspace)});
      await takeListing(${JSON.stringify(job)});
      chmodSync('closed', 0);
      chmodSync('n\u00f6\\n', 0);
      writeFileSync('open/c', 'changed');
      const taken = await takeArchive(${JSON.stringify(next)});
      chmodSync('closed', 0o700);
      console.log(JSON.stringify(taken));`,
      withoutRights(),
    );
    const { unreadable } = valueOf(JSON.parse(await child.output) as Result<TarReport>);
    expect([...unreadable].sort()).toEqual(['closed', 'n\xc3\xb6\n']);
    expect(namesIn(next.target)).toEqual(expect.arrayContaining(['./open/c']));
    expect(namesIn(next.target)).not.toContain('./closed/b');
  });
});

describe('a failed archive', () => {
  test('leaves nothing of its own, and the listing before it as it was', async () => {
    using archives = await newArchives();
    await archives.list();
    const before = archives.latest().after;
    const bytes = readFileSync(before);
    const there = readdirSync(archives.temp.path);
    const job = { tar: archives.tar, workspace: archives.workspace, scope: EVERYTHING, before };
    const after = archives.temp.at('after');
    const target = archives.temp.at('missing/folder/a.tar');
    expect(errorOf(await takeArchive({ ...job, after, target }))).toMatch(/^tar failed with exit code 2: .*missing/);
    const gone = { ...job, workspace: archives.temp.at('gone') };
    expect(errorOf(await takeArchive({ ...gone, after, target: archives.temp.at('a.tar') }))).toContain('gone');
    expect(readdirSync(archives.temp.path)).toEqual(there);
    expect(readFileSync(before).equals(bytes)).toBe(true);
  });

  test('is one whose listing is missing or no listing', async () => {
    using archives = await newArchives();
    const files = { after: archives.temp.at('after'), target: archives.temp.at('a.tar') };
    const job = { tar: archives.tar, workspace: archives.workspace, scope: EVERYTHING, ...files };
    const missing = archives.temp.at('missing');
    expect(errorOf(await takeArchive({ ...job, before: missing }))).toMatch(/^cannot copy the listing .*ENOENT/);
    const other = archives.temp.write('other', 'a text');
    expect(errorOf(await takeArchive({ ...job, before: other }))).toContain('listing');
    expect([files.after, files.target].filter((file) => existsSync(file))).toEqual([]);
  });

  test('is one that was called off', async () => {
    using archives = await newArchives();
    await archives.list();
    const files = {
      before: archives.latest().after,
      after: archives.temp.at('after'),
      target: archives.temp.at('a.tar'),
    };
    const job = { tar: archives.tar, workspace: archives.workspace, scope: EVERYTHING, ...files };
    const error = errorOf(await takeArchive({ ...job, signal: AbortSignal.abort() }));
    expect(error).toBe('tar was cancelled');
    expect([files.after, files.target].filter((file) => existsSync(file))).toEqual([]);
  });
});

describe('a listing', () => {
  test('replaces an earlier one', async () => {
    using archives = await newArchives();
    await archives.list();
    archives.write('new');
    await archives.list();
    await archives.take();
    expect(filesIn(archives)).not.toContain('./unchanged');
  });

  test('that cannot be made is not there', async () => {
    using archives = await newArchives();
    const job = { tar: archives.tar, workspace: archives.temp.at('gone'), scope: EVERYTHING };
    const listing = archives.temp.at('listing');
    expect(errorOf(await takeListing({ ...job, listing }))).toContain('gone');
    expect(existsSync(listing)).toBe(false);
  });
});

describe('an archive of everything', () => {
  test('holds everything that belongs, by any tar', async () => {
    using temp = newTempFolder();
    temp.write('workspace/deep/a');
    temp.write('workspace/.git/HEAD');
    const job = { tar: 'tar', workspace: temp.at('workspace'), scope: EVERYTHING, target: temp.at('a.tar') };
    const report = valueOf(await takeFullArchive(job));
    expect(report).toEqual({ changed: [], unreadable: [], sizeBytes: statSync(job.target).size });
    expect(namesIn(job.target)).toEqual(['./', './deep/', './deep/a']);
  });

  test('is an error and not there when tar complains', async () => {
    using temp = newTempFolder();
    temp.write('workspace/a');
    chmodSync(temp.write('tar', '#!/bin/sh\necho half > "$3"\necho "tar: no" >&2\nexit 1\n'), 0o755);
    const job = { tar: temp.at('tar'), workspace: temp.at('workspace'), scope: EVERYTHING, target: temp.at('a.tar') };
    expect(errorOf(await takeFullArchive(job))).toBe('tar failed with exit code 1: tar: no');
    expect(existsSync(job.target)).toBe(false);
    rmSync(temp.at('tar'));
    expect(errorOf(await takeFullArchive(job))).toContain('cannot start');
  });
});
