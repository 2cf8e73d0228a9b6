import { existsSync, mkdirSync, readdirSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  findWorkDirectory,
  isOwnFile,
  makeDirectories,
  openWorkDirectory,
} from '../../../src/machine/workdir/work-directory.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';

describe('a work directory', () => {
  test('is made with the folders on its way, and ignores itself in git', () => {
    using temp = newTempFolder();
    const { folder, journalFile } = valueOf(openWorkDirectory(temp.path, 'build/.work'));
    expect(folder).toBe(temp.at('build/.work'));
    expect(journalFile).toBe(temp.at('build/.work/journal.jsonl'));
    expect(temp.read('build/.work/.gitignore')).toBe('*\n');
    expect(readdirSync(folder)).toEqual(['.gitignore']);
  });

  test('that is there keeps what is in it, its .gitignore included', () => {
    using temp = newTempFolder();
    temp.write('.work/.gitignore', 'mine');
    temp.write('.work/raw/data.txt', 'data');
    valueOf(openWorkDirectory(temp.path, '.work'));
    expect(temp.read('.work/.gitignore')).toBe('mine');
    expect(temp.read('.work/raw/data.txt')).toBe('data');
  });

  test('is found without being made', () => {
    using temp = newTempFolder();
    expect(valueOf(findWorkDirectory(temp.path, '.work'))).toBeUndefined();
    expect(existsSync(temp.at('.work'))).toBe(false);
    const made = valueOf(openWorkDirectory(temp.path, '.work'));
    expect(valueOf(findWorkDirectory(temp.path, '.work'))).toEqual(made);
  });

  test('may be named absolutely, and lie behind a link that stays in the workspace', () => {
    using temp = newTempFolder();
    mkdirSync(temp.at('cache/work'), { recursive: true });
    symlinkSync(temp.at('cache/work'), temp.at('.work'));
    valueOf(openWorkDirectory(temp.path, temp.at('.work')));
    expect(temp.read('cache/work/.gitignore')).toBe('*\n');
  });

  test('is refused outside of the workspace, and nothing is made there', () => {
    using temp = newTempFolder();
    mkdirSync(temp.at('outside'));
    mkdirSync(temp.at('ws'));
    symlinkSync(temp.at('outside'), temp.at('ws/link'));
    for (const name of ['../outside/work', temp.at('outside/work'), 'link', 'link/work']) {
      expect(errorOf(openWorkDirectory(temp.at('ws'), name))).toContain('leads out of');
    }
    expect(readdirSync(temp.at('outside'))).toEqual([]);
  });

  test('is refused where it cannot be one', () => {
    using temp = newTempFolder();
    temp.write('file');
    symlinkSync(temp.at('nothing'), temp.at('dangling'));
    const refused = (name: string): string => errorOf(openWorkDirectory(temp.path, name));
    expect(refused('.')).toContain('a folder of its own');
    expect(refused('')).toContain('a folder of its own');
    expect(refused('.git/work')).toContain('.git folder');
    expect(refused('file')).toContain('is not a directory');
    expect(refused('file/work')).toContain('ENOTDIR');
    expect(refused('dangling')).toContain('a link to nothing');
    expect(errorOf(findWorkDirectory(temp.path, 'file'))).toContain('is not a directory');
  });

  test('is refused when one of our own files is a link or of another type', () => {
    using temp = newTempFolder();
    temp.write('a/journal.jsonl/x');
    temp.write('b/logs');
    mkdirSync(temp.at('c'));
    symlinkSync('/etc', temp.at('c/history'));
    for (const name of ['a', 'b', 'c']) {
      expect(errorOf(openWorkDirectory(temp.path, name))).toContain('was not made by Savepoint');
    }
  });
});

describe('the directories of a pipeline', () => {
  test('are made in the work directory, and may be there already', () => {
    using temp = newTempFolder();
    const workDirectory = valueOf(openWorkDirectory(temp.path, '.work'));
    const names = ['raw/screenshots', 'reports', './reports/'];
    valueOf(makeDirectories(workDirectory, names));
    valueOf(makeDirectories(workDirectory, names));
    expect(statSync(temp.at('.work/raw/screenshots')).isDirectory()).toBe(true);
    expect(statSync(temp.at('.work/reports')).isDirectory()).toBe(true);
  });

  test('never lead out of it', () => {
    using temp = newTempFolder();
    const workDirectory = valueOf(openWorkDirectory(temp.path, '.work'));
    symlinkSync(temp.path, temp.at('.work/up'));
    for (const name of ['../out', '/tmp/savepoint-out', 'up/out', 'a/../../out']) {
      expect(errorOf(makeDirectories(workDirectory, [name]))).toContain('leads out of');
    }
    expect(readdirSync(temp.path)).toEqual(['.work']);
  });

  test('cannot take the place of a file', () => {
    using temp = newTempFolder();
    const workDirectory = valueOf(openWorkDirectory(temp.path, '.work'));
    temp.write('.work/raw');
    expect(errorOf(makeDirectories(workDirectory, ['raw']))).toContain('cannot make the directory "raw"');
  });
});

test('own files are the named ones only, with what is in the making of them', () => {
  const own = [
    'journal.jsonl',
    'pipeline-state.json',
    'pipeline-state.json.tmp',
    'lock.json',
    'lock.json.x',
    'logs',
    'history',
  ];
  expect(own.filter(isOwnFile)).toEqual(own);
  expect(['raw', 'report.json', 'lock', 'journal.jsonl.bak', '.gitkeep'].filter(isOwnFile)).toEqual([]);
});
