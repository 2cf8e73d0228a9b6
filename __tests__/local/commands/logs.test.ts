import { unlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { logsCommand } from '../../../src/local/commands/logs.js';
import { newMemoryTerminal } from '../memory-terminal.js';
import { newStoredRunFolder } from '../stored-run-folder.js';

const askIn = async (folder: string, args: { readonly step?: string; readonly runId?: string }) => {
  const terminal = newMemoryTerminal(folder);
  const output = { json: false, loudness: 'normal', noColor: false } as const;
  const code = await logsCommand({ ...args, command: 'logs', output }, terminal);
  return { code, out: terminal.out.text(), err: terminal.err.text() };
};

test('the log of one step is printed as it is', async () => {
  using folder = newStoredRunFolder();
  expect(await askIn(folder.path, { step: 'g/b' })).toEqual({ code: 0, out: 'output of b\n', err: '' });
});

test('without a step all logs are printed, each below the path of its step', async () => {
  using folder = newStoredRunFolder();
  expect((await askIn(folder.path, {})).out).toBe('▸ a\noutput of a\n▸ g/b\noutput of b\n');
});

test('a container stands for its steps', async () => {
  using folder = newStoredRunFolder();
  expect((await askIn(folder.path, { step: 'g' })).out).toBe('output of b\n');
});

test('an earlier run has its own logs', async () => {
  using folder = newStoredRunFolder();
  expect((await askIn(folder.path, { step: 'a', runId: 'before' })).out).toBe('older output of a\n');
});

test('a step that wrote nothing says so', async () => {
  using folder = newStoredRunFolder();
  unlinkSync(folder.at('.work/logs/a.log'));
  expect(await askIn(folder.path, { step: 'a' })).toEqual({
    code: 0,
    out: '',
    err: 'savepoint: nothing was written\n',
  });
});

test('an unknown step is an error with the nearest name', async () => {
  using folder = newStoredRunFolder();
  const { code, err } = await askIn(folder.path, { step: 'g/bb' });
  expect(code).toBe(2);
  expect(err).toBe('savepoint: run now has no step "g/bb", did you mean "g/b"?\n');
});
