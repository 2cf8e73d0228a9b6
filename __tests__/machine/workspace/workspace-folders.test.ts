import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createWorkspaceFiles } from '../../../src/machine/workspace/workspace-files.js';
import type { WorkspaceFiles } from '../../../src/evaluate/context/workspace-files.js';
import { errorOf, newTempFolder, type TempFolder } from '../temp-folder.js';

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
