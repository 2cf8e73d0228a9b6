import { expect, test } from 'vitest';
import { validateCommand } from '../../../src/local/commands/validate.js';
import { newTempFolder } from '../../machine/temp-folder.js';
import { newMemoryTerminal } from '../memory-terminal.js';

const check = async (content: string | undefined, json = false, others: Readonly<Record<string, string>> = {}) => {
  using folder = newTempFolder();
  if (content !== undefined) folder.write('savepoint.yml', content);
  for (const [name, text] of Object.entries(others)) folder.write(name, text);
  const terminal = newMemoryTerminal(folder.path);
  const output = { json, loudness: 'normal', noColor: false } as const;
  const code = await validateCommand({ command: 'validate', output }, terminal);
  return { code, out: terminal.out.text(), err: terminal.err.text() };
};

const WRONG = 'steps:\n  - run: "true"\n    neds: []\n';

test('a file without mistakes is reported as such', async () => {
  expect(await check('steps:\n  - run: "true"\n')).toEqual({
    code: 0,
    out: '✓ savepoint.yml is valid: savepoint, 1 step\n',
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
  expect(JSON.parse((await check('steps:\n  - run: "true"\n', true)).out)).toEqual({
    valid: true,
    diagnostics: [],
    warnings: [],
  });
});

test('called files are named, and the steps of all are counted as they are written', async () => {
  const { code, out } = await check(
    'name: release\nsteps: [{run: a}, {steps: [{commands: [b]}], finally: [{run: c}]}, {pipeline: ci/d.yml}, {pipeline: ci/d.yml}]',
    false,
    { 'ci/d.yml': 'steps: [{for_each: [1, 2], run: d}, {pipeline: e.yml}]', 'e.yml': 'steps: [{run: e}]' },
  );
  expect([code, out]).toEqual([0, '✓ savepoint.yml is valid: release, 5 steps, calls ci/d.yml, e.yml\n']);
});

test('mistakes in a called file are shown there', async () => {
  const { code, err } = await check('steps: [{pipeline: ci/d.yml}]', false, { 'ci/d.yml': WRONG });
  expect(code).toBe(2);
  expect(err).toBe(
    [
      'ci/d.yml:3:5 unknown key "neds", did you mean "needs"? [unknown-key]',
      '  3 |     neds: []',
      '    |     ^^^^',
      '1 mistake, nothing was run',
      '',
    ].join('\n'),
  );
});

const DEEP = `steps:
  - run: a
    finally:
      - run: b
        finally:
          - run: c
            finally:
              - run: d
`;

test('warnings are shown and counted, and the file is right all the same', async () => {
  const { code, out, err } = await check(DEEP);
  expect([code, out]).toEqual([0, '✓ savepoint.yml is valid: savepoint, 4 steps, 1 warning\n']);
  expect(err).toMatch(/^warning: savepoint\.yml:7:13 .* \[deep-fallbacks\]\n {2}7 \| {13}finally:\n/);
  expect(JSON.parse((await check(DEEP, true)).out)).toMatchObject({
    valid: true,
    diagnostics: [],
    warnings: [{ code: 'deep-fallbacks', file: 'savepoint.yml', position: { line: 7 } }],
  });
});
