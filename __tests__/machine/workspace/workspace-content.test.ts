import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { GlobArea } from '../../../src/machine/workspace/glob.js';
import { matchFiles, readWorkspaceText } from '../../../src/machine/workspace/workspace-content.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../temp-folder.js';

const areaOf = (temp: TempFolder): GlobArea => ({ workspace: temp.at('work'), workDirectory: temp.at('work/.work') });

const newWorkspace = (): TempFolder => {
  const temp = newTempFolder();
  temp.write('outside', 'secret');
  temp.write('work/b.js', 'bb');
  temp.write('work/a.js', 'a');
  temp.write('work/deep/c.js', 'é');
  temp.write('work/.work/journal.jsonl', '{}');
  mkdirSync(temp.at('work/folder.js'));
  return temp;
};

describe('the files that a glob matches', () => {
  test('are plain files, with their sizes in bytes, sorted', () => {
    using temp = newWorkspace();
    expect(valueOf(matchFiles(areaOf(temp), '*.js'))).toEqual([
      { path: 'a.js', sizeBytes: 1 },
      { path: 'b.js', sizeBytes: 2 },
    ]);
    expect(valueOf(matchFiles(areaOf(temp), 'deep'))).toEqual([{ path: 'deep/c.js', sizeBytes: 2 }]);
  });

  test('may be none', () => {
    using temp = newWorkspace();
    expect(valueOf(matchFiles(areaOf(temp), '*.ts'))).toEqual([]);
  });

  test('are links too, where they lead to a file of the workspace', () => {
    using temp = newWorkspace();
    symlinkSync('../b.js', temp.at('work/deep/in'));
    symlinkSync('../../outside', temp.at('work/deep/out'));
    symlinkSync('nowhere', temp.at('work/deep/dead'));
    execFileSync('mkfifo', [temp.at('work/deep/pipe')]);
    expect(valueOf(matchFiles(areaOf(temp), 'deep/**'))).toEqual([
      { path: 'deep/c.js', sizeBytes: 2 },
      { path: 'deep/in', sizeBytes: 2 },
    ]);
  });

  test('are never our own, and never outside', () => {
    using temp = newWorkspace();
    expect(valueOf(matchFiles(areaOf(temp), '.work/**'))).toEqual([]);
    expect(errorOf(matchFiles(areaOf(temp), '../*'))).toBe('the glob "../*" leads out of the workspace');
  });
});

describe('the text of a file', () => {
  const read = (temp: TempFolder, path: string, limitBytes = 100): string => {
    const text = readWorkspaceText(temp.at('work'), path, limitBytes);
    return text.ok ? text.value : `! ${text.error}`;
  };

  test('is read as UTF-8, through links in the workspace too', () => {
    using temp = newWorkspace();
    symlinkSync('deep/c.js', temp.at('work/link'));
    expect(read(temp, 'deep/c.js')).toBe('é');
    expect(read(temp, 'link')).toBe('é');
  });

  test('may be as large as the limit', () => {
    using temp = newWorkspace();
    expect(read(temp, 'b.js', 2)).toBe('bb');
    expect(read(temp, 'b.js', 1)).toBe('! "b.js" is larger than 1B');
  });

  test('is never that of something else', () => {
    using temp = newWorkspace();
    symlinkSync('../outside', temp.at('work/out'));
    symlinkSync('..', temp.at('work/up'));
    execFileSync('mkfifo', [temp.at('work/pipe')]);
    for (const path of ['none', 'deep', 'out', 'up/outside', '../outside', temp.at('outside'), 'pipe']) {
      expect(read(temp, path)).toBe(`! there is no file "${path}" in the workspace`);
    }
  });
});
