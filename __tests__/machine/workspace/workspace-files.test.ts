import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createWorkspaceFiles } from '../../../src/machine/workspace/workspace-files.js';
import type { WorkspaceFiles } from '../../../src/evaluate/context/workspace-files.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../temp-folder.js';

const filesOf = (temp: TempFolder, folder = '.'): WorkspaceFiles =>
  createWorkspaceFiles({ workspace: temp.at(folder), workDirectory: temp.at(`${folder}/.work`) });

const digestOf = async (temp: TempFolder, ...globs: readonly string[]): Promise<string> =>
  valueOf(await filesOf(temp).digest(globs));

const sha256 = (content: string | Buffer): Buffer => createHash('sha256').update(content).digest();

/** The digest that GitHub's `hashFiles` gives for files with these contents. */
const githubHash = (...contents: readonly string[]): string =>
  sha256(Buffer.concat(contents.map((content) => sha256(content)))).toString('hex');

/** The digest after a change, to compare with the one before. */
const afterChange = async (temp: TempFolder, change: () => void): Promise<readonly [string, string]> => {
  const before = await digestOf(temp, 'src', '*.txt');
  change();
  return [before, await digestOf(temp, 'src', '*.txt')];
};

const newSources = (): TempFolder => {
  const temp = newTempFolder();
  temp.write('src/a.ts', 'a');
  temp.write('src/deep/b.ts', 'b');
  temp.write('src/.hidden/c.ts', 'c');
  temp.write('note.txt', 'note');
  temp.write('unread', 'x');
  return temp;
};

describe('a digest', () => {
  test('is the format that the documentation describes', async () => {
    using temp = newTempFolder();
    temp.write('b', 'content of b');
    chmodSync(temp.write('a/x.sh', 'echo'), 0o755);
    symlinkSync('some/where', temp.at('a/link'));
    const lines = [
      `l ${sha256('some/where').toString('hex')} a/link\0`,
      `x ${sha256('echo').toString('hex')} a/x.sh\0`,
      `f ${sha256('content of b').toString('hex')} b\0`,
    ];
    expect(await digestOf(temp, 'b', 'a')).toBe(sha256(lines.join('')).toString('hex'));
  });

  test('stays the same over times, order of globs, and files that no glob matches', async () => {
    using temp = newSources();
    const [before, after] = await afterChange(temp, () => {
      utimesSync(temp.at('src/a.ts'), 1, 1);
      temp.write('unread', 'changed');
      mkdirSync(temp.at('src/empty'));
    });
    expect(after).toBe(before);
    expect(await digestOf(temp, '*.txt', 'src/**', 'src/a.ts', './src/')).toBe(before);
  });

  test.each<[string, (temp: TempFolder) => void]>([
    ['content', (temp) => temp.write('src/deep/b.ts', 'B')],
    ['a hidden file', (temp) => temp.write('src/.hidden/c.ts', 'C')],
    ['a name', (temp) => renameSync(temp.at('src/a.ts'), temp.at('src/z.ts'))],
    ['the executable bit', (temp) => chmodSync(temp.at('src/a.ts'), 0o755)],
    ['a file more', (temp) => temp.write('src/deep/more', '')],
    ['a file less', (temp) => rmSync(temp.at('note.txt'))],
    ['a link more', (temp) => symlinkSync('nowhere', temp.at('src/link'))],
    [
      'a file that became a link to the same content',
      (temp) => {
        renameSync(temp.at('src/a.ts'), temp.at('unread'));
        symlinkSync('../unread', temp.at('src/a.ts'));
      },
    ],
  ])('changes with %s', async (_what, change) => {
    using temp = newSources();
    const [before, after] = await afterChange(temp, () => change(temp));
    expect(after).not.toBe(before);
  });

  test('leaves out what a glob with ! takes away', async () => {
    using temp = newSources();
    const before = await digestOf(temp, 'src', '!src/deep');
    temp.write('src/deep/b.ts', 'changed');
    expect(await digestOf(temp, 'src', '!src/deep')).toBe(before);
    expect(await digestOf(temp, '!src/deep', 'src')).toBe(before);
    expect(await digestOf(temp, 'src')).not.toBe(before);
  });

  test('never covers our own files, nor .git unless a glob names it', async () => {
    using temp = newSources();
    temp.write('.git/HEAD', 'main');
    temp.write('.work/raw/data', 'data');
    const globs = ['.', '.work/*'];
    const before = [await digestOf(temp, ...globs), await digestOf(temp, '.git/HEAD')];
    temp.write('.work/journal.jsonl', 'x');
    temp.write('.work/logs/build.log', 'x');
    temp.write('.git/HEAD', 'other');
    expect(await digestOf(temp, ...globs)).toBe(before[0]);
    expect(await digestOf(temp, '.git/HEAD')).not.toBe(before[1]);
    temp.write('.work/raw/data', 'changed');
    expect(await digestOf(temp, ...globs)).not.toBe(before[0]);
  });

  test('reads files that are larger than any buffer, and names with unusual characters', async () => {
    using temp = newTempFolder();
    truncateSync(temp.write('data/large'), 9_000_000);
    temp.write('data/[a] {b} (c) "ü🌍"', 'x');
    const lines = [
      `f ${sha256('x').toString('hex')} data/[a] {b} (c) "ü🌍"\0`,
      `f ${sha256(Buffer.concat([Buffer.from('content of data/large'), Buffer.alloc(9_000_000 - 21)])).toString('hex')} data/large\0`,
    ];
    expect(await digestOf(temp, 'data')).toBe(sha256(lines.join('')).toString('hex'));
  });

  test('of nothing is one too, and an unreadable place is an error', async () => {
    using temp = newTempFolder();
    expect(await digestOf(temp, 'missing/**')).toBe(sha256('').toString('hex'));
    expect(await digestOf(temp)).toBe(sha256('').toString('hex'));
    symlinkSync('loop', temp.at('loop'));
    expect(errorOf(await filesOf(temp).digest(['loop/x']))).toContain('cannot look for files');
  });
});

describe('globs', () => {
  test('that lead out of the workspace are an error', async () => {
    using temp = newTempFolder();
    temp.write('outside/secret');
    mkdirSync(temp.at('ws'));
    for (const glob of ['../outside', temp.at('outside/secret'), 'a/../../outside/*', '..', '!../outside']) {
      expect(errorOf(await filesOf(temp, 'ws').digest([glob]))).toBe(`the glob "${glob}" leads out of the workspace`);
    }
  });

  test('never reach what lies behind a link out of the workspace, but what lies behind one inside', async () => {
    using temp = newTempFolder();
    temp.write('outside/file');
    temp.write('ws/real/file');
    symlinkSync('../outside', temp.at('ws/out'));
    symlinkSync('real', temp.at('ws/in'));
    const missing = async (glob: string) => valueOf(await filesOf(temp, 'ws').firstMissing([glob]));
    expect(await missing('out/file')).toBe('out/file');
    expect(await missing('{out,nothing}/*')).toBe('{out,nothing}/*');
    expect(await missing('{..,nothing}/outside/*')).toBe('{..,nothing}/outside/*');
    expect(await missing('in/file')).toBeUndefined();
    expect(await missing('out')).toBeUndefined();
  });

  test('may be absolute below the workspace', async () => {
    using temp = newSources();
    expect(await digestOf(temp, temp.at('src/*'))).toBe(await digestOf(temp, 'src'));
  });
});

describe('what is missing', () => {
  test('is the first glob that matches no file', async () => {
    using temp = newSources();
    mkdirSync(temp.at('empty'));
    const missing = async (...globs: readonly string[]) => valueOf(await filesOf(temp).firstMissing(globs));
    expect(await missing('src', 'note.*', 'src/**/c.ts')).toBeUndefined();
    expect(await missing('src', 'nothing', 'none')).toBe('nothing');
    expect(await missing('empty/')).toBe('empty/');
    expect(await missing('src/deep', '!src/deep/*')).toBe('src/deep');
    expect(await missing()).toBeUndefined();
  });
});

const git = (temp: TempFolder, folder: string, ...args: readonly string[]): void => {
  execFileSync('git', ['-C', temp.at(folder), '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { stdio: 'pipe' });
};

const OLD = 1_000_000;
const SINCE_MS = (OLD + 5) * 1000;

/** A file last written this long before or after the start of the step. */
const writeAt = (temp: TempFolder, name: string, afterStartMs: number): void => {
  const seconds = (SINCE_MS + afterStartMs) / 1000;
  utimesSync(temp.write(name), seconds, seconds);
};

const remove = async (temp: TempFolder, ...globs: readonly string[]): Promise<number> =>
  valueOf(await filesOf(temp).removeUnfinished(globs, SINCE_MS));

describe('what an interrupted step left', () => {
  test('goes when it is newer than the start of the step, and folders stay', async () => {
    using temp = newTempFolder();
    writeAt(temp, 'dist/old', -1000);
    writeAt(temp, 'dist/coarse', -10);
    writeAt(temp, 'dist/sub/new', 1000);
    writeAt(temp, 'other', 1000);
    expect(await remove(temp, 'dist')).toBe(2);
    expect(
      ['dist/old', 'dist/coarse', 'dist/sub/new', 'dist/sub', 'other'].map((name) => existsSync(temp.at(name))),
    ).toEqual([true, false, false, true, true]);
  });

  test('stays when git tracks it, in nested repositories too', async () => {
    using temp = newTempFolder();
    for (const folder of ['.', 'nested']) {
      mkdirSync(temp.at(folder), { recursive: true });
      git(temp, folder, 'init', '-q');
      for (const name of ['tracked', '*', 'new']) writeAt(temp, `${folder}/out/${name}`, 1000);
      git(temp, folder, 'add', 'out/tracked', ':(literal)out/*');
      git(temp, folder, 'commit', '-q', '-m', 'x');
    }
    symlinkSync('out', temp.at('link'));
    expect(await remove(temp, '**', 'link/*')).toBe(3);
    const names = [
      'out/tracked',
      'out/*',
      'out/new',
      'nested/out/tracked',
      'nested/out/*',
      'nested/out/new',
      '.git/HEAD',
    ];
    expect(names.filter((name) => existsSync(temp.at(name)))).toEqual(names.filter((name) => !name.endsWith('new')));
  });

  test('is left alone when git cannot say what it tracks', async () => {
    using temp = newTempFolder();
    writeAt(temp, 'out/new', 1000);
    temp.write('.git', 'gitdir: nowhere');
    expect(errorOf(await filesOf(temp).removeUnfinished(['out'], SINCE_MS))).toContain('git cannot say');
    expect(existsSync(temp.at('out/new'))).toBe(true);
  });

  test('is a link itself, never what it leads to', async () => {
    using temp = newTempFolder();
    writeAt(temp, 'kept/file', 1000);
    mkdirSync(temp.at('out'));
    symlinkSync('../kept', temp.at('out/link'));
    expect(await remove(temp, 'out')).toBe(1);
    expect(['out/link', 'kept/file'].map((name) => existsSync(temp.at(name)))).toEqual([false, true]);
  });

  test('is never one of our own files or in .git, on whatever way', async () => {
    using temp = newTempFolder();
    git(temp, '.', 'init', '-q');
    writeAt(temp, '.work/journal.jsonl', 1000);
    writeAt(temp, '.git/own', 1000);
    symlinkSync('.', temp.at('self'));
    symlinkSync('.work', temp.at('work'));
    symlinkSync('.git', temp.at('git'));
    const globs = ['.work', 'self/.work/*', 'work/*', '.git/own', 'self/.git/*', 'git/*'];
    expect(await remove(temp, ...globs)).toBe(0);
  });
});

describe('hashFiles', () => {
  test('is what GitHub makes of the matching files, in the order of their names', () => {
    using temp = newSources();
    const { hashFiles } = filesOf(temp);
    expect(hashFiles(['**/b.ts', '*.txt', 'src/a.ts'])).toBe(githubHash('note', 'a', 'b'));
    expect(hashFiles(['src', '!**/deep/**'])).toBe(githubHash('c', 'a'));
  });

  test('reads through links to files of the workspace only', () => {
    using temp = newTempFolder();
    temp.write('outside', 'secret');
    temp.write('ws/file', 'file');
    symlinkSync('../outside', temp.at('ws/a'));
    symlinkSync('file', temp.at('ws/b'));
    symlinkSync('nothing', temp.at('ws/c'));
    expect(filesOf(temp, 'ws').hashFiles(['?'])).toBe(githubHash('file'));
  });

  test('is empty when nothing matches, and raises when a pattern leads out', () => {
    using temp = newTempFolder();
    expect(filesOf(temp).hashFiles(['**/package-lock.json'])).toBe('');
    expect(() => filesOf(temp).hashFiles(['../x'])).toThrow('hashFiles: the glob "../x" leads out of the workspace');
  });
});

test('files are matched and read as the workspace has them', async () => {
  using temp = newTempFolder();
  temp.write('dist/a.js', 'a');
  expect(valueOf(await filesOf(temp).match('dist/*.js'))).toEqual([{ path: 'dist/a.js', sizeBytes: 1 }]);
  expect(valueOf(await filesOf(temp).readText('dist/a.js', 1))).toBe('a');
});
