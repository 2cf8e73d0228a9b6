import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createGitWatch } from '../../../src/machine/workspace/git-state.js';
import { startSource } from '../source-child.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../temp-folder.js';

const IDENTITY = ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'commit.gpgsign=false'];

/** Creates a repository with one commit that holds the file `a`; returns a git for it. */
const newRepository = (temp: TempFolder, folder = '.'): ((...words: readonly string[]) => string) => {
  temp.write(`${folder}/a`);
  const git = (...words: readonly string[]): string =>
    execFileSync('git', ['-C', temp.at(folder), ...IDENTITY, ...words], { encoding: 'utf8', stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch=main');
  git('add', 'a');
  git('commit', '--quiet', '--message=first');
  return git;
};

describe('a repository has changed', () => {
  test.each<[string, (git: (...words: readonly string[]) => string, temp: TempFolder) => unknown]>([
    ['with a commit', (git) => git('commit', '--quiet', '--allow-empty', '--message=next')],
    ['with another branch of the same commit', (git) => git('switch', '--quiet', '--create', 'other')],
    ['with a detached HEAD', (git) => git('checkout', '--quiet', '--detach')],
    ['with a new branch', (git) => git('branch', 'feature/deep')],
    ['with a tag', (git) => git('tag', 'v1')],
    ['with what was fetched', (git) => git('update-ref', 'refs/remotes/origin/main', 'HEAD')],
    ['with a file added to the index', (git, temp) => [temp.write('b'), git('add', 'b')]],
    ['with a file removed from it', (git) => git('rm', '--quiet', '--cached', 'a')],
    ['with another mode in it', (git) => git('update-index', '--chmod=+x', 'a')],
    ['with a file that git is told to leave alone', (git) => git('update-index', '--skip-worktree', 'a')],
    ['when it is gone', (_git, temp) => rmSync(temp.at('.git'), { recursive: true })],
  ])('%s, and then no more', async (_how, act) => {
    using temp = newTempFolder();
    const git = newRepository(temp);
    const watch = await createGitWatch(temp.path);
    expect(valueOf(await watch.changed())).toBe(false);
    act(git, temp);
    expect(valueOf(await watch.changed())).toBe(true);
    expect(valueOf(await watch.changed())).toBe(false);
  });

  test('when it came', async () => {
    using temp = newTempFolder();
    const watch = await createGitWatch(temp.path);
    expect(valueOf(await watch.changed())).toBe(false);
    newRepository(temp);
    expect(valueOf(await watch.changed())).toBe(true);
    expect(valueOf(await watch.changed())).toBe(false);
  });

  test('also in a second worktree, of which only a file is in the workspace', async () => {
    using temp = newTempFolder();
    const git = newRepository(temp, 'main');
    git('worktree', 'add', '--quiet', temp.at('second'));
    const watch = await createGitWatch(temp.at('second'));
    expect(valueOf(await watch.changed())).toBe(false);
    execFileSync('git', ['-C', temp.at('second'), 'rm', '--quiet', 'a']);
    expect(valueOf(await watch.changed())).toBe(true);
    git('branch', 'shared');
    expect(valueOf(await watch.changed())).toBe(true);
    expect(valueOf(await watch.changed())).toBe(false);
  });
});

describe('a repository has not changed', () => {
  test.each<[string, (git: (...words: readonly string[]) => string, temp: TempFolder) => unknown]>([
    ['when files of the workspace did', (_git, temp) => appendFileSync(temp.at('a'), 'more')],
    [
      'when git looked at the files anew',
      (git, temp) => {
        utimesSync(temp.at('a'), 1, 1);
        git('status');
      },
    ],
    ['when its refs were packed', (git) => git('pack-refs', '--all')],
    ['when it was set up otherwise', (git) => git('config', 'core.abbrev', '12')],
    [
      'when something was put into it and taken out again',
      (git, temp) => [temp.write('b'), git('add', 'b'), git('reset', '--quiet')],
    ],
  ])('%s', async (_how, act) => {
    using temp = newTempFolder();
    const git = newRepository(temp);
    const watch = await createGitWatch(temp.path);
    act(git, temp);
    expect(valueOf(await watch.changed())).toBe(false);
  });

  test('when there is none, or one around the workspace', async () => {
    using temp = newTempFolder();
    const git = newRepository(temp);
    mkdirSync(temp.at('inner'));
    const watch = await createGitWatch(temp.at('inner'));
    git('branch', 'other');
    expect(valueOf(await watch.changed())).toBe(false);
  });
});

describe('a repository that git cannot read', () => {
  test('is an error once it changed, until it can be read again', async () => {
    using temp = newTempFolder();
    const git = newRepository(temp);
    const watch = await createGitWatch(temp.path);
    renameSync(temp.at('.git/index'), temp.at('index'));
    temp.write('.git/index', 'not an index');
    expect(errorOf(await watch.changed())).toMatch(/^git cannot say what is in .*index/);
    expect(valueOf(await watch.changed())).toBe(false);
    renameSync(temp.at('index'), temp.at('.git/index'));
    expect(errorOf(await watch.changed())).toMatch(/^git cannot say/);
    git('branch', 'other');
    expect(valueOf(await watch.changed())).toBe(true);
  });

  test('is an error where there is no git, unless nothing moved', async () => {
    using temp = newTempFolder();
    newRepository(temp);
    const answers = startSource(
      `
      import { createGitWatch } from 'src/machine/workspace/git-state.js';
      import { writeFileSync } from 'node:fs';
      const watch = await createGitWatch(${JSON.stringify(temp.path)});
      const still = await watch.changed();
      writeFileSync(${JSON.stringify(temp.at('.git/HEAD'))}, 'ref: refs/heads/other');
      console.log(JSON.stringify([still, await watch.changed()]));`,
      `export PATH=${temp.at('nowhere')};`,
    );
    expect(JSON.parse(await answers.output)).toEqual([
      { ok: true, value: false },
      { ok: false, error: expect.stringContaining('cannot ask git about') as unknown },
    ]);
  });
});

test('a repository of another user is read all the same, and starts no program of its own', async () => {
  using temp = newTempFolder();
  const git = newRepository(temp);
  chmodSync(temp.write('monitor', `#!/bin/sh\ntouch ${temp.at('started')}\n`), 0o755);
  git('config', 'core.fsmonitor', temp.at('monitor'));
  if (process.getuid?.() === 0) execFileSync('chown', ['-R', '65534', temp.path]);
  const watch = await createGitWatch(temp.path);
  execFileSync('git', ['-c', 'safe.directory=*', '-C', temp.path, 'tag', 'v1']);
  expect(valueOf(await watch.changed())).toBe(true);
  expect(() => temp.read('started')).toThrow('ENOENT');
});
