import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { currentCommit } from '../../../src/machine/workspace/git-commit.js';
import { newTempFolder } from '../temp-folder.js';

const git = (folder: string, ...words: readonly string[]): string =>
  execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words]).toString();

test('the commit is the one that is checked out', () => {
  using folder = newTempFolder();
  git(folder.path, 'init', '--quiet');
  expect(currentCommit(folder.path)).toBeUndefined();
  git(folder.path, 'commit', '--quiet', '--allow-empty', '--message=one');
  expect(currentCommit(folder.path)).toBe(git(folder.path, 'log', '--format=%H').trim());
});

test('where there is no repository, or no folder, there is no commit', () => {
  using folder = newTempFolder();
  folder.write('.git', 'this is no repository');
  expect(currentCommit(folder.path)).toBeUndefined();
  expect(currentCommit(folder.at('missing'))).toBeUndefined();
});
