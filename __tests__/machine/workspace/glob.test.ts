import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isExclusion, isInGit, selectFiles } from '../../../src/machine/workspace/glob.js';
import type { Result } from '../../../src/base/result.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../temp-folder.js';

const selectIn = (temp: TempFolder, ...globs: readonly string[]): Result<readonly string[]> =>
  selectFiles({ workspace: temp.at('ws'), workDirectory: temp.at('ws/.work') }, globs);

const select = (temp: TempFolder, ...globs: readonly string[]): readonly string[] => valueOf(selectIn(temp, ...globs));

const newWorkspace = (...names: readonly string[]): TempFolder => {
  const temp = newTempFolder();
  mkdirSync(temp.at('ws'));
  for (const name of names) temp.write(`ws/${name}`);
  return temp;
};

describe('a glob matches', () => {
  test('files by their names, relative to the workspace', () => {
    using temp = newWorkspace('a.ts', 'b.js', 'src/c.ts', 'src/deep/d.ts');
    expect(select(temp, '*.ts')).toEqual(['a.ts']);
    expect(select(temp, 'src/*.ts')).toEqual(['src/c.ts']);
    expect(select(temp, '**/*.ts')).toEqual(['a.ts', 'src/c.ts', 'src/deep/d.ts']);
    expect(select(temp, '{a,b}.?s', 'none')).toEqual(['a.ts', 'b.js']);
    expect(select(temp)).toEqual([]);
  });

  test('everything beneath a directory, but not the directory', () => {
    using temp = newWorkspace('src/a', 'src/deep/b', 'other/c');
    mkdirSync(temp.at('ws/src/empty'));
    for (const glob of ['src', 'src/', './src', 's*', 'other/../src', 'src/**'])
      expect(select(temp, glob)).toEqual(['src/a', 'src/deep/b']);
    expect(select(temp, '.')).toEqual(['other/c', 'src/a', 'src/deep/b']);
  });

  test('each file once, sorted by the bytes of the names, whatever the order of the globs', () => {
    // By UTF-16, the usual order of strings, the last two would be the other way round.
    const names = ['B', 'a', 'a-b', 'a/b', 'é', '～', '🌍'];
    using temp = newWorkspace('B', 'a-b', 'a0', 'é', '～', '🌍', 'c/d');
    const sorted = ['B', 'a-b', 'a0', 'c/d', 'é', '～', '🌍'];
    expect(select(temp, '🌍', '**', ...names)).toEqual(sorted);
    expect(select(temp, ...names, 'c', '**')).toEqual(sorted);
  });

  test('names that begin with a dot like others', () => {
    using temp = newWorkspace('.env', '.config/a', 'src/.hidden');
    expect(select(temp, '*')).toEqual(['.config/a', '.env', 'src/.hidden']);
  });

  test('what lies in .git only when it names it', () => {
    using temp = newWorkspace('.git/HEAD', 'nested/.git/HEAD', 'nested/a');
    expect(select(temp, '**', '.g*', '*/HEAD', 'nested')).toEqual(['nested/a']);
    expect(select(temp, '.git/HEAD')).toEqual(['.git/HEAD']);
    expect(select(temp, '**/.git')).toEqual(['.git/HEAD', 'nested/.git/HEAD']);
  });

  test('no .git that is a file, nor one that lies behind a link', () => {
    using temp = newWorkspace('.git/HEAD', 'nested/.git');
    symlinkSync('.git', temp.at('ws/git'));
    expect(select(temp, '**', 'git/*', 'nested/*')).toEqual(['git']);
  });

  test('not our own files, but those of steps in the same folders', () => {
    using temp = newWorkspace('.work/journal.jsonl', '.work/logs/a.log', '.work/lock.json.x', '.work/data', 'logs/a');
    expect(select(temp, '**', '.work', '.work/*.jsonl', '.work/*/a.log')).toEqual(['.work/data', 'logs/a']);
  });

  test('none of our own files, also when it begins in one of our own folders', () => {
    using temp = newWorkspace('.work/logs/a.log', '.work/history/r1/journal.jsonl');
    expect(select(temp, '.work/logs/*', '.work/logs', '.work/history/r1/*')).toEqual([]);
  });

  test('below an absolute path of the workspace', () => {
    using temp = newWorkspace('src/a');
    expect(select(temp, temp.at('ws/src'))).toEqual(['src/a']);
    expect(select(temp, 'src', `!${temp.at('ws/src/a')}`)).toEqual([]);
  });
});

describe('a glob with !', () => {
  test('takes away files and whole directories, wherever it stands in the list', () => {
    using temp = newWorkspace('src/a', 'src/deep/b', 'src/deep/er/c', 'd');
    expect(select(temp, '!src/deep', '**')).toEqual(['d', 'src/a']);
    expect(select(temp, 'src', '!**/b', '**')).toEqual(['d', 'src/a', 'src/deep/er/c']);
    expect(select(temp, '!src')).toEqual([]);
  });

  test('is recognised by its first character', () => {
    expect(['!a', 'a!', ' !a', ''].map(isExclusion)).toEqual([true, false, false, false]);
  });
});

describe('a link', () => {
  test('counts as a file, wherever it leads', () => {
    using temp = newWorkspace('real/a');
    temp.write('outside/b');
    symlinkSync('real', temp.at('ws/in'));
    symlinkSync('../outside', temp.at('ws/out'));
    symlinkSync('nothing', temp.at('ws/to-nothing'));
    expect(select(temp, '**')).toEqual(['in', 'out', 'real/a', 'to-nothing']);
  });

  test('is followed inside the workspace when a glob names it, and never out of it', () => {
    using temp = newWorkspace('real/deep/a');
    temp.write('outside/b');
    symlinkSync('real', temp.at('ws/in'));
    symlinkSync('../outside', temp.at('ws/out'));
    expect(select(temp, 'in/deep/*')).toEqual(['in/deep/a']);
    expect(select(temp, 'out/b', 'out/*', '{in,out}/b', 'in/../out/*')).toEqual([]);
  });
});

describe('globs are refused', () => {
  test.each(['..', '../outside', 'a/../../outside', '/etc/passwd', '!../outside', '!/etc'])(
    'that lead out of the workspace: %s',
    (glob) => {
      using temp = newWorkspace('a');
      expect(errorOf(selectIn(temp, 'a', glob))).toBe(`the glob "${glob}" leads out of the workspace`);
    },
  );

  test('whose place cannot be looked at', () => {
    using temp = newWorkspace();
    symlinkSync('loop', temp.at('ws/loop'));
    expect(errorOf(selectIn(temp, 'loop/a'))).toMatch(/^cannot look for files: ELOOP/);
  });

  test('but not for what is not there', () => {
    using temp = newWorkspace('file');
    expect(select(temp, 'missing/*', 'file/*', '..a')).toEqual([]);
  });
});

test('a path is in .git when that is one of its folders below the workspace', () => {
  const paths = ['/ws/.git', '/ws/.git/HEAD', '/ws/a/.git/b', '/ws/.github/a', '/ws/a.git', '/ws'];
  expect(paths.map((path) => isInGit('/ws', path))).toEqual([true, true, true, false, false, false]);
  expect(isInGit('/home/.git/ws', '/home/.git/ws/a')).toBe(false);
});
