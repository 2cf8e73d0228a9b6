import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { readStepSummary } from '../../../src/machine/workdir/step-summary-files.js';
import { createLogs } from '../../../src/machine/workdir/step-logs.js';
import { newTempFolder, valueOf } from '../temp-folder.js';

test('what a step wrote to its summary is read as it was stored', () => {
  using temp = newTempFolder();
  valueOf(createLogs(temp.path).summary('group/build', '# ok\n'));
  expect(valueOf(readStepSummary(temp.path, 'group/build', 100))).toBe('# ok\n');
});

test('nothing, too much, and what is no file are no summary', () => {
  using temp = newTempFolder();
  temp.write('long.summary.md', '12345');
  temp.write('folder.summary.md/file');
  execFileSync('mkfifo', [temp.at('pipe.summary.md')]);
  for (const step of ['none', 'long', 'folder', 'pipe']) {
    expect(valueOf(readStepSummary(temp.path, step, 4))).toBeUndefined();
  }
  expect(valueOf(readStepSummary(temp.path, 'long', 5))).toBe('12345');
});
