import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCommand } from '../../../src/local/commands/run.js';
import type { RunArguments } from '../../../src/local/command-line/arguments.js';
import { newTempFolder, type TempFolder } from '../../machine/temp-folder.js';
import { newMemoryTerminal } from '../memory-terminal.js';

const runIn = async (folder: TempFolder, args: Partial<RunArguments> = {}) => {
  const terminal = newMemoryTerminal(folder.path);
  const output = { json: false, loudness: 'normal', noColor: false } as const;
  const code = await runCommand({ inputs: {}, output, ...args, command: 'run' }, terminal);
  return { code, out: terminal.out.text(), err: terminal.err.text() };
};

test('a pipeline runs from the beginning each time', async () => {
  using folder = newTempFolder();
  folder.write('savepoint.yml', 'steps:\n  - run: echo one >> trail\n  - run: test -e fixed\n');
  expect((await runIn(folder, { runId: 'first' })).code).toBe(1);
  folder.write('fixed');
  expect((await runIn(folder, { runId: 'second' })).code).toBe(0);
  expect(folder.read('trail')).toBe('one\none\n');
  expect(readdirSync(folder.at('.work/history'))).toEqual(['first']);
});

test('the pipeline and the work directory are those that are named', async () => {
  using folder = newTempFolder();
  folder.write('savepoint.yml', 'steps: [{run: exit 7}]');
  folder.write('ci/other.yml', 'steps: [{run: "true"}]');
  expect((await runIn(folder, { pipeline: './ci/other.yml', workDir: 'state' })).code).toBe(0);
  expect(folder.read('state/pipeline-state.json')).toContain('"other"');
  expect(existsSync(folder.at('.work'))).toBe(false);
});

test('wrong inputs are all said, each on a line, and nothing is run', async () => {
  using folder = newTempFolder();
  folder.write('savepoint.yml', 'inputs: {count: {type: number}}\nsteps: [{run: touch made}]');
  expect(await runIn(folder, { inputs: { count: 'x', chanel: 'y' } })).toEqual({
    code: 2,
    out: '',
    err: [
      'savepoint: unknown input "chanel"; the pipeline declares count [unknown-input]',
      'savepoint: the input "count" must be a number, found "x" [bad-input]',
      '',
    ].join('\n'),
  });
  expect(existsSync(folder.at('made'))).toBe(false);
});
