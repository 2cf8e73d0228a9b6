import { expect, test } from 'vitest';
import { bugReport } from '../../../src/local/terminal/bug-report.js';

test('a bug report has the version, the command without values, and where it happened', () => {
  const text = bugReport(new Error('invariant broken: x'), ['run', '--input', 'token=hunter2']);
  expect(text).toContain('savepoint run --input token=…');
  expect(text).toContain('invariant broken: x\n');
  expect(text).toContain('bug-report.test');
  expect(text).not.toContain('hunter2');
});
