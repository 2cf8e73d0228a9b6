import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { err, type Result } from '../../src/base/result.js';
import { readFacts } from '../../src/machine/facts.js';
import { createMachineRun, type MachineRun } from '../../src/machine/machine-run.js';
import { openJournal, type OpenJournal } from '../../src/machine/workdir/journal-file.js';
import { acquireLock } from '../../src/machine/workdir/lock.js';
import { openWorkDirectory } from '../../src/machine/workdir/work-directory.js';
import { CHAIN_START } from '../../src/state/journal-format.js';
import { recordRun } from '../report/recorded-run.js';
import { createRecordingDisplay } from '../rig/recording-display.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from './temp-folder.js';

const newRun = (folder: TempFolder, { repeatsWarning = false } = {}) => {
  mkdirSync(folder.at('tmp'));
  const surroundings = { env: {}, folder: folder.path, platform: 'linux', arch: 'x64', hostName: 'here' };
  const facts = readFacts({ ...surroundings, tempDir: folder.at('tmp') });
  const workDir = valueOf(openWorkDirectory(folder.path, '.work'));
  const display = createRecordingDisplay();
  const lock = valueOf(acquireLock(workDir.lockFile));
  const open = (name = 'journal'): Result<OpenJournal> =>
    openJournal({
      file: folder.at(name),
      from: { hash: CHAIN_START, validBytes: 0 },
      stateFile: folder.at(`${name}-state`),
      renderState: ({ status }) => status,
    });
  return { run: createMachineRun({ facts, workDir, lock, display, repeatsWarning }), open, display };
};

const record = (run: MachineRun, openThis: () => Result<OpenJournal>) => {
  const { journal } = valueOf(run.open(openThis)).ports;
  return recordRun((event, state) => void journal.append(event, state));
};

test('everything is opened once, and given back at the end, with the state as it was last', async () => {
  using folder = newTempFolder();
  const { run, open, display } = newRun(folder);
  const first = valueOf(run.open(open));
  const again = valueOf(run.open(() => err('opened twice')));
  expect(again.ports.scratch).toBe(first.ports.scratch);
  expect(first.ports.display).toBe(display);
  record(run, () => err('opened twice'));
  await run.close();
  expect(folder.read('journal')).toContain('run_started');
  expect(folder.read('journal-state')).toBe('running');
  expect(readdirSync(folder.at('tmp'))).toEqual([]);
  expect(existsSync(folder.at('.work/lock.json'))).toBe(false);
});

test('after a journal was finished another one is opened', async () => {
  using folder = newTempFolder();
  const { run, open } = newRun(folder);
  record(run, open);
  await run.closeJournal();
  expect(folder.read('journal-state')).toBe('running');
  record(run, () => open('second')).add({ type: 'run_succeeded', warnings: [], outputs: {} });
  await run.close();
  expect(folder.read('second-state')).toBe('succeeded');
  expect(folder.read('journal').trim().split('\n')).toHaveLength(1);
});

test('a journal that cannot be opened is an error, after which all is given back', async () => {
  using folder = newTempFolder();
  const { run } = newRun(folder);
  expect(errorOf(run.open(() => err('no room')))).toBe('no room');
  await run.close();
  expect(readdirSync(folder.at('tmp'))).toEqual([]);
  expect(existsSync(folder.at('.work/lock.json'))).toBe(false);
});

test.each([false, true])(
  'of a refused event the run warns itself; told again at the end: %s',
  async (repeatsWarning) => {
    using folder = newTempFolder();
    const { run, open, display } = newRun(folder, { repeatsWarning });
    const recorded = record(run, open);
    rmSync(folder.at('journal'));
    recorded.add({ type: 'plan_made', to_run: 0, to_restore: 0 });
    await run.close();
    expect(display.warnings.map(({ message }) => message.replace(folder.path, ''))).toEqual(
      repeatsWarning ? ['the record of this run is not complete: the journal /journal was removed'] : [],
    );
  },
);
