import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { trackedFiles } from '../../../src/machine/workspace/git-tracked.js';
import { startSource } from '../source-child.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../temp-folder.js';

/** Makes a repository that tracks these files, and writes them. */
const track = (temp: TempFolder, folder: string, names: readonly string[]): void => {
  for (const name of names) temp.write(join(folder, name));
  const git = (...words: readonly string[]) => execFileSync('git', ['-C', temp.at(folder), ...words]);
  git('init', '--quiet');
  git('--literal-pathspecs', 'add', '--', ...names);
};

const trackedOf = (temp: TempFolder, ...names: readonly string[]): readonly string[] =>
  [...valueOf(trackedFiles(names.map(temp.at)))].map((file) => file.slice(temp.path.length + 1)).sort();

describe('git tracks', () => {
  test('what was added to it, and of that only what was asked for', () => {
    using temp = newTempFolder();
    track(temp, '.', ['a', 'deep/b', 'c']);
    temp.write('deep/new');
    expect(trackedOf(temp, 'a', 'deep/b', 'deep/new', 'missing')).toEqual(['a', 'deep/b']);
  });

  test('a file of each repository in this repository', () => {
    using temp = newTempFolder();
    track(temp, 'outer/nested', ['own']);
    track(temp, 'outer', ['own']);
    track(temp, 'other', ['own']);
    temp.write('outer/nested/new');
    expect(trackedOf(temp, 'outer/own', 'outer/nested/own', 'outer/nested/new', 'other/own')).toEqual([
      'other/own',
      'outer/nested/own',
      'outer/own',
    ]);
  });

  test('a file that is gone but still in its index', () => {
    using temp = newTempFolder();
    track(temp, '.', ['a']);
    execFileSync('rm', [temp.at('a')]);
    expect(trackedOf(temp, 'a')).toEqual(['a']);
  });

  test('nothing outside a repository', () => {
    using temp = newTempFolder();
    track(temp, 'repository', ['a']);
    temp.write('a');
    expect(trackedOf(temp, 'a')).toEqual([]);
    expect(trackedOf(temp)).toEqual([]);
  });
});

test('a name counts to the letter, whatever its characters', () => {
  using temp = newTempFolder();
  const names = ['*', ':(top)x', '-q', ' two\nlines ', '"ü🌍"'];
  track(temp, '.', [...names, 'like-any']);
  expect(trackedOf(temp, ...names)).toEqual([...names].sort());
  expect(trackedOf(temp, 'like-*', '?')).toEqual([]);
});

test('there may be more names than an argument list has room for', () => {
  using temp = newTempFolder();
  track(temp, '.', ['first', 'last']);
  const others = Array.from({ length: 9_000 }, (_, index) => String(index).padStart(250, '-'));
  expect(trackedOf(temp, 'first', ...others, 'last')).toEqual(['first', 'last']);
});

describe('a repository', () => {
  test('that git cannot read is an error', () => {
    using temp = newTempFolder();
    track(temp, 'good', ['a']);
    temp.write('bad/.git', 'gitdir: nowhere');
    const error = errorOf(trackedFiles([temp.at('good/a'), temp.at('bad/a')]));
    expect(error).toMatch(/^git cannot say which files it tracks in .*bad: .*nowhere/);
  });

  test('is the one that the file lies in, also when a hook of another one started us', async () => {
    using temp = newTempFolder();
    track(temp, 'own', ['a']);
    track(temp, 'of-the-hook', ['b']);
    const variables = `GIT_DIR=${temp.at('of-the-hook/.git')} GIT_INDEX_FILE=${temp.at('of-the-hook/.git/index')}`;
    expect(await trackedInChild(temp.at('own/a'), `export ${variables};`)).toEqual([temp.at('own/a')]);
  });

  test('is an error where there is no git', async () => {
    using temp = newTempFolder();
    track(temp, '.', ['a']);
    expect(await trackedInChild(temp.at('a'), `export PATH=${temp.path};`)).toContain(
      `cannot ask git which files it tracks in ${temp.path}`,
    );
  });
});

/** The tracked files, or the error, in a process with another environment. */
const trackedInChild = async (file: string, wrap: string): Promise<unknown> => {
  const child = startSource(
    `
    import { trackedFiles } from 'src/machine/workspace/git-tracked.js';
    const tracked = trackedFiles([${JSON.stringify(file)}]);
    console.log(JSON.stringify(tracked.ok ? [...tracked.value] : tracked.error));`,
    wrap,
  );
  return JSON.parse(await child.output);
};
