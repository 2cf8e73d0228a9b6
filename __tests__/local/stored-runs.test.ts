import { expect, test } from 'vitest';
import { chooseRun, readStoredRuns } from '../../src/local/stored-runs.js';
import { acquireLock } from '../../src/machine/lock.js';
import { newTempFolder, valueOf } from '../machine/temp-folder.js';
import { newStoredRunFolder } from './stored-run-folder.js';

test('a run is live while a process holds the lock of its work directory', async () => {
  using folder = newStoredRunFolder();
  const isLive = async () => valueOf(await readStoredRuns(folder.path, undefined)).current?.live;
  const lock = valueOf(acquireLock(folder.at('.work/lock.json')));
  expect(await isLive()).toBe(true);
  lock.release();
  expect(await isLive()).toBe(false);
});

test('reading changes nothing', async () => {
  using folder = newTempFolder();
  expect(valueOf(await readStoredRuns(folder.path, undefined))).toEqual({ current: undefined, earlier: [] });
  expect(() => folder.read('.work/.gitignore')).toThrow('ENOENT');
});

test('an earlier run that cannot be read hides no other', async () => {
  using folder = newStoredRunFolder();
  folder.write('.work/history/broken/journal.jsonl', 'nonsense\n');
  const runs = valueOf(await readStoredRuns(folder.path, undefined));
  expect(runs.earlier.map(({ state }) => state.runId)).toEqual(['before']);
  expect(valueOf(chooseRun(runs, 'before')).logsFolder).toBe(folder.at('.work/history/before/logs'));
});
