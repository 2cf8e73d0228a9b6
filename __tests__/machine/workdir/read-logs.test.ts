import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readLogTail, readStepSummary } from '../../../src/machine/workdir/read-logs.js';
import { createLogs } from '../../../src/machine/workdir/step-logs.js';
import { errorOf, newTempFolder, valueOf } from '../temp-folder.js';

test('a short log is read whole, without blank ends', () => {
  using folder = newTempFolder();
  folder.write('g/a.log', 'one\ntwo\n\n');
  expect(valueOf(readLogTail(folder.path, 'g/a', 100))).toBe('one\ntwo');
});

test('of a long log the last whole lines are read', () => {
  using folder = newTempFolder();
  folder.write('a.log', Array.from({ length: 100_000 }, (_, index) => `line ${String(index)}\n`).join(''));
  expect(valueOf(readLogTail(folder.path, 'a', 30))).toBe('line 99998\nline 99999');
});

test('a line longer than what is read begins with a whole character', () => {
  using folder = newTempFolder();
  folder.write('a.log', '日'.repeat(100));
  expect(valueOf(readLogTail(folder.path, 'a', 10))).toBe('日日日');
});

test('where there is no log there is nothing to read', () => {
  using folder = newTempFolder();
  expect(valueOf(readLogTail(folder.path, 'a', 100))).toBeUndefined();
});

test('nothing outside the folder is read', () => {
  using folder = newTempFolder();
  folder.write('secret.log');
  expect(errorOf(readLogTail(folder.at('logs'), '../secret', 100))).toBe('"../secret" is not the path of a step');
  symlinkSync(folder.at('secret.log'), folder.at('link.log'));
  expect(errorOf(readLogTail(folder.path, 'link', 100))).toContain('cannot read');
});

test('a pipe in place of the log is not waited for', () => {
  using folder = newTempFolder();
  execFileSync('mkfifo', [folder.at('a.log')]);
  expect(valueOf(readLogTail(folder.path, 'a', 100))).toBeUndefined();
});

test('what a step wrote to its summary is read as it was stored', () => {
  using temp = newTempFolder();
  valueOf(createLogs(temp.path).summary('group/build', '# ok\n'));
  expect(valueOf(readStepSummary(temp.path, 'group/build', 100))).toBe('# ok\n');
});

test('an empty file, one that is too large, and a folder are not a summary', () => {
  using temp = newTempFolder();
  temp.write('long.summary.md', '12345');
  temp.write('folder.summary.md/file');
  execFileSync('mkfifo', [temp.at('pipe.summary.md')]);
  for (const step of ['none', 'long', 'folder', 'pipe']) {
    expect(valueOf(readStepSummary(temp.path, step, 4))).toBeUndefined();
  }
  expect(valueOf(readStepSummary(temp.path, 'long', 5))).toBe('12345');
});
