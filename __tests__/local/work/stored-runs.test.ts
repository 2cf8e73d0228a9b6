import { expect, test } from 'vitest';
import { findStoredRuns, type StoredRuns } from '../../../src/local/work/stored-runs.js';
import { acquireLock } from '../../../src/machine/workdir/lock.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';
import { journalOf, newStoredRunFolder, runStarted } from '../stored-run-folder.js';

const runsIn = async ({ path }: TempFolder, workDir?: string): Promise<StoredRuns> =>
  valueOf(await findStoredRuns(path, workDir));

test('without an id the current run is found, with one any run', async () => {
  using folder = newStoredRunFolder();
  const { find } = await runsIn(folder);
  expect(valueOf(find(undefined)).state.runId).toBe('now');
  expect(valueOf(find('now')).state.status).toBe('failed');
  expect(valueOf(find('before'))).toMatchObject({
    state: { runId: 'before', status: 'succeeded' },
    logsFolder: folder.at('.work/history/before/logs'),
    content: { validBytes: folder.read('.work/history/before/journal.jsonl').length },
  });
});

test('an unknown id is an error that lists the known ones', async () => {
  using folder = newStoredRunFolder();
  folder.write('.work/history/broken/journal.jsonl', 'nonsense\n');
  expect(errorOf((await runsIn(folder)).find('nope'))).toBe('there is no run "nope"; there are: now, before');
});

test('a run beyond the latest twenty is still found by its id', async () => {
  using folder = newTempFolder();
  const ids = Array.from({ length: 25 }, (_, index) => `run-${index}`);
  for (const id of ids) folder.write(`.work/history/${id}/journal.jsonl`, journalOf(id, [runStarted]));
  const { find, earlier } = await runsIn(folder);
  expect(valueOf(earlier())).toHaveLength(20);
  expect(ids.filter((id) => !find(id).ok)).toEqual([]);
});

test('looking where nothing ran changes nothing and says how to begin', async () => {
  using folder = newTempFolder();
  const { current, find, earlier, isLive } = await runsIn(folder, 'elsewhere');
  expect(current).toEqual({ kind: 'none' });
  expect(errorOf(find(undefined))).toBe('there is no run yet; start one with: savepoint run --work-dir=elsewhere');
  expect(valueOf(earlier())).toEqual([]);
  expect(isLive()).toBe(false);
  expect(() => folder.read('elsewhere/.gitignore')).toThrow('ENOENT');
});

test('an empty journal is not a run', async () => {
  using folder = newTempFolder();
  folder.write('.work/journal.jsonl', '');
  const { current, find } = await runsIn(folder);
  expect(current).toEqual({ kind: 'none' });
  expect(errorOf(find('x'))).toBe('there is no run "x", nor any other');
});

test('a current run that cannot be read is said, and hides no earlier one', async () => {
  using folder = newStoredRunFolder();
  folder.write('.work/journal.jsonl', 'nonsense\n');
  const { current, find } = await runsIn(folder);
  const problem = `${folder.at('.work/journal.jsonl')} was changed or damaged at line 1`;
  expect(current).toEqual({ kind: 'unreadable', problem });
  expect(errorOf(find(undefined))).toBe(`${problem}; start over with savepoint run`);
  expect(valueOf(find('before')).state.runId).toBe('before');
});

test('an earlier run that cannot be read hides no other', async () => {
  using folder = newStoredRunFolder();
  folder.write('.work/history/broken/journal.jsonl', 'nonsense\n');
  const { earlier } = await runsIn(folder);
  expect(valueOf(earlier()).map(({ state }) => state.runId)).toEqual(['before']);
});

test('a run is live while a process holds the lock of its work directory', async () => {
  using folder = newStoredRunFolder();
  const { isLive } = await runsIn(folder);
  const lock = valueOf(acquireLock(folder.at('.work/lock.json')));
  expect(isLive()).toBe(true);
  lock.release();
  expect(isLive()).toBe(false);
});

test('the work directory is the one the pipeline names, unless another is given', async () => {
  using folder = newStoredRunFolder();
  folder.write('savepoint.yml', 'work_dir: elsewhere\nsteps:\n  - run: "true"\n');
  expect((await runsIn(folder)).current.kind).toBe('none');
  expect((await runsIn(folder, '.work')).current.kind).toBe('found');
  expect(errorOf(await findStoredRuns(folder.path, '../x'))).toContain('leads out of');
});
