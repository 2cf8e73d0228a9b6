import { expect, test } from 'vitest';
import { commandLineOf } from '../../../src/local/command-line/command-line.js';

test.each([
  [undefined, 'savepoint resume'],
  ['out', 'savepoint resume --work-dir=out'],
  ["it's here", "savepoint resume --work-dir='it'\\''s here'"],
])('with the work directory %j it can be pasted into a shell', (workDir, line) => {
  expect(commandLineOf(workDir)('resume')).toBe(line);
});
