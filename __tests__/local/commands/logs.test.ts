import { unlinkSync } from 'node:fs';
import { expect, test } from 'vitest';
import { logsCommand } from '../../../src/local/commands/logs.js';
import type { EventBody } from '../../../src/state/event.js';
import { newMemoryTerminal } from '../memory-terminal.js';
import { begun, failed, fellBack, listed, started, succeeded, tried } from '../../report/recorded-run.js';
import { newTempFolder, type TempFolder } from '../../machine/temp-folder.js';
import { journalOf, newStoredRunFolder, runStarted } from '../stored-run-folder.js';

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

const newFanOutFolder = (): TempFolder => {
  const folder = newTempFolder();
  const events = [runStarted, begun('each', 'fan-out'), listed('each', ['x', 'y'])];
  const first = [started('each[0]'), tried('each[0]'), succeeded('each[0]')];
  const second = [started('each[1]'), tried('each[1]'), failed('each[1]')];
  const told = fellBack('each[1]', 'on_failure', { inner: [started('each[1]/on_failure/tell')] });
  folder.write('.work/journal.jsonl', journalOf('now', [...events, ...first, ...second, ...told, failed('each')]));
  folder.write('.work/logs/each[0].log', 'of x\n');
  folder.write('.work/logs/each[1].log', 'of y\n');
  folder.write('.work/logs/each[1]/on_failure/tell.log', 'told\n');
  return folder;
};

test.each([
  ['each[0]', 'of x\n'],
  ['each[1]', 'of y\n'],
  ['each[1]/on_failure', 'told\n'],
  ['each[1]/on_failure/tell', 'told\n'],
  ['each', '▸ each[0]\nof x\n▸ each[1]\nof y\n▸ each[1]/on_failure/tell\ntold\n'],
])('logs of %s are those of the items, and of the steps of fallbacks', async (step, out) => {
  using folder = newFanOutFolder();
  expect(await askIn(folder.path, { step })).toEqual({ code: 0, out, err: '' });
});

/** A resume in which the list of a fan-out has changed and finished items are kept. */
const moveItems = (folder: TempFolder, ...more: readonly EventBody[]): void => {
  const events = [runStarted, begun('each', 'fan-out'), listed('each', ['x', 'y'])];
  const ran = ['each[0]', 'each[1]'].flatMap((item) => [started(item), tried(item), succeeded(item)]);
  const moved: EventBody = { type: 'items_listed', step: 'each', items: ['y', 'z'], from: [1, null], to_run: 1 };
  folder.write('.work/journal.jsonl', journalOf('now', [...events, ...ran, moved, ...more]));
};

test('an item that has moved has the log of its own run', async () => {
  using folder = newFanOutFolder();
  moveItems(folder);
  expect((await askIn(folder.path, { step: 'each[0]' })).out).toBe('of y\n');
});

test('where another item has run in its place since, that one is not shown instead', async () => {
  using folder = newFanOutFolder();
  moveItems(folder, started('each[1]'), tried('each[1]'), succeeded('each[1]'));
  expect(await askIn(folder.path, { step: 'each[0]' })).toMatchObject({
    code: 2,
    err: expect.stringContaining('"each[0]" ran as "each[1]", where another item has run since') as string,
  });
  expect((await askIn(folder.path, { step: 'each' })).out).toBe('of y\n');
});
