import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { currentCommit } from '../../../src/machine/workspace/git-commit.js';
import { type TempFolder, errorOf, newTempFolder } from '../temp-folder.js';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { createWorkspaceFiles } from '../../../src/machine/workspace/workspace-files.js';
import type { WorkspaceFiles } from '../../../src/evaluate/context/workspace-files.js';

describe('git commit', () => {
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
});

describe('workspace folders', () => {
  const filesOf = (temp: TempFolder, folder = '.'): WorkspaceFiles =>
    createWorkspaceFiles({ workspace: temp.at(folder), workDirectory: temp.at(`${folder}/.work`) });

  describe('folders', () => {
    test('are made with those they stand in, and may be there already', () => {
      using temp = newTempFolder();
      const folder = temp.at('.work/calls/a/reports');
      expect(filesOf(temp).makeFolders([folder, folder]).ok).toBe(true);
      expect(existsSync(folder)).toBe(true);
    });

    test('are never made outside the workspace, through links neither', () => {
      using temp = newTempFolder();
      mkdirSync(temp.at('work'));
      mkdirSync(temp.at('outside'));
      symlinkSync('../outside', temp.at('work/link'));
      const { makeFolders } = filesOf(temp, 'work');
      for (const folder of [temp.at('other'), temp.at('work/../other'), temp.at('work/link/x')]) {
        expect(errorOf(makeFolders([folder]))).toMatch(/leads out of/);
      }
      expect(existsSync(temp.at('other'))).toBe(false);
      expect(existsSync(temp.at('outside/x'))).toBe(false);
    });

    test('cannot be made where a file is', () => {
      using temp = newTempFolder();
      temp.write('file', '');
      expect(errorOf(filesOf(temp).makeFolders([temp.at('file')]))).toMatch(/^cannot make the directory/);
    });
  });
});
