import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderCommand } from '../../../src/github/runner/command-text.js';

const MESSAGE = '100% of it:\r\ntwo, ::error::x';

/** The output of `@actions/core` for the same command. */
const fromToolkit = (call: string): string =>
  execFileSync(process.execPath, ['--input-type=module', '-e', `import * as core from '@actions/core'; ${call}`], {
    cwd: join(import.meta.dirname, '../../..'),
    encoding: 'utf8',
  });

test('a command is written as GitHub’s own toolkit writes it', () => {
  const ours = [
    renderCommand('error', MESSAGE, { title: 'a:b,c%', file: 'a.ts', line: '3' }),
    renderCommand('warning', MESSAGE, {}),
    renderCommand('add-mask', MESSAGE),
    renderCommand('endgroup', ''),
  ];
  const message = JSON.stringify(MESSAGE);
  const theirs = fromToolkit(
    `core.error(${message}, {title: 'a:b,c%', file: 'a.ts', startLine: 3}); core.warning(${message});` +
      `core.setSecret(${message}); core.endGroup();`,
  );
  expect(ours.join('')).toBe(theirs);
});

test('a property without a value is left out', () => {
  expect(renderCommand('error', 'x', { file: '', line: '1' })).toBe('::error line=1::x\n');
});
