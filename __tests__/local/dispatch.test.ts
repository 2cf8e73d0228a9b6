import { expect, test } from 'vitest';
import { dispatch } from '../../src/local/dispatch.js';
import { VERSION } from '../../src/local/terminal/version.js';
import { newTempFolder } from '../machine/temp-folder.js';
import { newMemoryTerminal } from './memory-terminal.js';

const output = { json: false, loudness: 'normal', noColor: false } as const;
const selection = { rerun: [], acceptChanges: false };

test('each command does what its name says', async () => {
  using folder = newTempFolder();
  const terminal = newMemoryTerminal(folder.path);
  expect(await dispatch({ command: 'version' }, terminal)).toBe(0);
  expect(await dispatch({ command: 'help', topic: 'run' }, terminal)).toBe(0);
  expect(await dispatch({ command: 'init' }, terminal)).toBe(0);
  expect(await dispatch({ command: 'validate', output }, terminal)).toBe(0);
  expect(await dispatch({ command: 'plan', inputs: {}, selection, output }, terminal)).toBe(0);
  const text = terminal.out.text();
  expect(text).toMatch(new RegExp(`^${VERSION.replaceAll('.', '\\.')}\nUsage: savepoint run `));
  expect(text).toContain('savepoint.yml is written');
  expect(text).toContain('savepoint.yml is valid: ');
  expect(text).toContain('3 steps: 3 to run');
});

test('without a stored run there is nothing to show or to resume', async () => {
  using folder = newTempFolder();
  folder.write('savepoint.yml', 'steps:\n  - run: "true"\n');
  const terminal = newMemoryTerminal(folder.path);
  expect(await dispatch({ command: 'status', output }, terminal)).toBe(2);
  expect(await dispatch({ command: 'logs', output }, terminal)).toBe(2);
  expect(await dispatch({ command: 'resume', inputs: {}, selection, output }, terminal)).toBe(2);
});
