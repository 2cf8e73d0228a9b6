import { expect, test } from 'vitest';
import { validateCommand } from '../../../src/local/commands/validate.js';
import { newTempFolder } from '../../machine/temp-folder.js';
import { newMemoryTerminal } from '../memory-terminal.js';

const check = async (content: string | undefined, json = false) => {
  using folder = newTempFolder();
  if (content !== undefined) folder.write('savepoint.yml', content);
  const terminal = newMemoryTerminal(folder.path);
  const output = { json, loudness: 'normal', noColor: false } as const;
  const code = await validateCommand({ command: 'validate', output }, terminal);
  return { code, out: terminal.out.text(), err: terminal.err.text() };
};

const WRONG = 'steps:\n  - run: "true"\n    neds: []\n';

test('a right file says so', async () => {
  expect(await check('steps:\n  - run: "true"\n')).toEqual({
    code: 0,
    out: '✓ savepoint.yml: 1 step, no mistakes\n',
    err: '',
  });
});

test('mistakes are shown at their place', async () => {
  const { code, out, err } = await check(WRONG);
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('savepoint.yml:3:5 ');
  expect(err).toContain('    neds: []\n');
  expect(err).toContain('\n1 mistake, nothing was run\n');
});

test('no file is a mistake without a place', async () => {
  const { code, err } = await check(undefined);
  expect(code).toBe(2);
  expect(err).toMatch(/^savepoint: no pipeline file here; looked for .* \[file-not-found\]\n/);
});

test('--json has the mistakes for programs', async () => {
  const { code, out } = await check(WRONG, true);
  expect(code).toBe(2);
  expect(JSON.parse(out)).toMatchObject({
    valid: false,
    diagnostics: [{ code: 'unknown-key', position: { line: 3, column: 5, length: 4 } }],
  });
  expect(JSON.parse((await check('steps:\n  - run: "true"\n', true)).out)).toEqual({ valid: true, diagnostics: [] });
});
