import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runOnTerminal, type TerminalRun } from '../../../src/local/work/run-on-terminal.js';
import { acquireLock } from '../../../src/machine/workdir/lock.js';
import { NO_SELECTION } from '../../../src/plan/selection.js';
import { newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';
import { until } from '../../machine/until.js';
import { newMemoryTerminal } from '../memory-terminal.js';

const runIn = async (folder: TempFolder, text: string | undefined, more: Partial<TerminalRun> = {}) => {
  if (text !== undefined) folder.write('savepoint.yml', text);
  const terminal = newMemoryTerminal(folder.path);
  const code = await runOnTerminal(
    {
      pipeline: undefined,
      inputs: {},
      selection: NO_SELECTION,
      workDir: undefined,
      maxParallel: undefined,
      output: { json: false, loudness: 'normal', noColor: false },
      goal: { kind: 'run', runId: 'it' },
      ...more,
    },
    terminal,
  );
  return { code, out: terminal.out.text(), err: terminal.err.text() };
};

test('the exit code is that of the run, and the ending says how to continue', async () => {
  using folder = newTempFolder();
  expect(await runIn(folder, 'steps: [{run: "true"}]')).toMatchObject({ code: 0, err: '' });
  const goal = { kind: 'run', runId: 'second' } as const;
  const failed = await runIn(folder, 'steps: [{run: exit 7}]', { goal, workDir: 'state' });
  expect(failed.code).toBe(1);
  expect(failed.out).toContain('savepoint resume --work-dir=state');
});

test('mistakes in the file are shown at their place', async () => {
  using folder = newTempFolder();
  const { code, out, err } = await runIn(folder, 'steps:\n  - run: "true"\n    neds: []\n');
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^savepoint\.yml:3:5 [^]*\n1 mistake, nothing was run\n$/);
});

test('a missing file is said on one line', async () => {
  using folder = newTempFolder();
  const { code, err } = await runIn(folder, undefined, { pipeline: 'x.yml' });
  expect(code).toBe(2);
  expect(err).toBe('savepoint: there is no file "x.yml" [file-not-found]\n');
});

test('a work directory that is in use is refused', async () => {
  using folder = newTempFolder();
  folder.write('.work/.gitignore', '*\n');
  const lock = valueOf(acquireLock(folder.at('.work/lock.json')));
  const { code, err } = await runIn(folder, 'steps: [{run: "true"}]');
  lock.release();
  expect(code).toBe(2);
  expect(err).toMatch(/^savepoint: another run uses this work directory: .*; wait for it or end it\n$/);
});

test('with --json stdout has events and nothing else', async () => {
  using folder = newTempFolder();
  const output = { json: true, loudness: 'normal', noColor: false } as const;
  const { out, err } = await runIn(folder, 'steps: [{run: echo said}]', { output });
  const types = out
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { type: string }).type);
  expect(types).toEqual(expect.arrayContaining(['run_started', 'step_succeeded', 'run_succeeded']));
  expect(err).toContain('said');
});

test('a signal stops the run, and the signals are given back', async () => {
  using folder = newTempFolder();
  const before = process.listenerCount('SIGTERM');
  const running = runIn(folder, 'steps: [{run: "touch ready; exec sleep 60"}]');
  await until(() => process.listenerCount('SIGTERM') > before && existsSync(folder.at('ready')));
  process.emit('SIGTERM', 'SIGTERM');
  const { code, err } = await running;
  expect(code).toBe(143);
  expect(err).toContain('stopping (SIGTERM)');
  expect(process.listenerCount('SIGTERM')).toBe(before);
});
