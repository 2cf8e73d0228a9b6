import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { listHistory, moveToHistory, takeFromHistory } from '../../../src/machine/workdir/run-history.js';
import { openWorkDirectory, type WorkDirectory } from '../../../src/machine/workdir/work-directory.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../temp-folder.js';

const OWN = ['journal.jsonl', 'pipeline-state.json', 'logs/build.log'] as const;

/** A work directory with a run in it, and a file of a step. */
const newRun = (temp: TempFolder, runId: string): WorkDirectory => {
  const workDirectory = valueOf(openWorkDirectory(temp.path, '.work'));
  for (const name of OWN) temp.write(`.work/${name}`, `${name} of ${runId}`);
  temp.write('.work/raw/data.txt', 'data');
  return workDirectory;
};

const expectRunIn = (temp: TempFolder, folder: string, runId: string): void => {
  expect(OWN.map((name) => temp.read(`${folder}/${name}`))).toEqual(OWN.map((name) => `${name} of ${runId}`));
};

describe('the history', () => {
  test('takes a run and gives it back, and the files of the steps stay', () => {
    using temp = newTempFolder();
    const workDirectory = newRun(temp, 'run-1');
    valueOf(moveToHistory(workDirectory, 'run-1'));
    expectRunIn(temp, '.work/history/run-1', 'run-1');
    expect(readdirSync(temp.at('.work')).sort()).toEqual(['.gitignore', 'history', 'raw']);
    valueOf(takeFromHistory(workDirectory, 'run-1'));
    expectRunIn(temp, '.work', 'run-1');
    expect(readdirSync(temp.at('.work/history'))).toEqual([]);
    expect(temp.read('.work/raw/data.txt')).toBe('data');
  });

  test('lists its runs, the latest first', () => {
    using temp = newTempFolder();
    for (const [index, runId] of ['one', 'two', 'three'].entries()) {
      const workDirectory = newRun(temp, runId);
      utimesSync(workDirectory.journalFile, 0, [200, 300, 100][index] ?? 0);
      valueOf(moveToHistory(workDirectory, runId));
    }
    temp.write('.work/history/.hidden/journal.jsonl');
    temp.write('.work/history/no-journal/note');
    const runs = valueOf(listHistory(newRun(temp, 'four')));
    expect(runs.map(({ runId, endedAt }) => [runId, endedAt])).toEqual([
      ['two', 300_000],
      ['one', 200_000],
      ['three', 100_000],
    ]);
    expect(runs[0]?.journalFile).toBe(temp.at('.work/history/two/journal.jsonl'));
  });

  test('is empty when there never was one', () => {
    using temp = newTempFolder();
    expect(valueOf(listHistory(newRun(temp, 'run-1')))).toEqual([]);
  });

  test('does not take a run id twice', () => {
    using temp = newTempFolder();
    valueOf(moveToHistory(newRun(temp, 'run-1'), 'run-1'));
    expect(errorOf(moveToHistory(newRun(temp, 'run-1'), 'run-1'))).toContain('already holds a run "run-1"');
    expectRunIn(temp, '.work', 'run-1');
  });

  test('gives nothing back for an unknown run, or into the place of another', () => {
    using temp = newTempFolder();
    const workDirectory = newRun(temp, 'run-1');
    valueOf(moveToHistory(workDirectory, 'run-1'));
    expect(errorOf(takeFromHistory(workDirectory, 'run-2'))).toBe('no run "run-2" in the history');
    newRun(temp, 'run-2');
    expect(errorOf(takeFromHistory(workDirectory, 'run-1'))).toContain('another run is in the work directory');
    expectRunIn(temp, '.work', 'run-2');
  });

  test('never makes a path of a text that is not a run id', () => {
    using temp = newTempFolder();
    const workDirectory = newRun(temp, 'run-1');
    for (const id of ['', '..', '../x', 'a/b', '.hidden', '-x', 'a\0b', 'x'.repeat(101)]) {
      expect(() => moveToHistory(workDirectory, id)).toThrow('invariant');
      expect(() => takeFromHistory(workDirectory, id)).toThrow('invariant');
    }
  });
});

const CURRENT = '.work';
const PAST = '.work/history/run-1';

/** Carries out these renames only, as if the process were killed after the last of them. */
const rename = (temp: TempFolder, names: readonly string[], { from, to }: { from: string; to: string }): void => {
  mkdirSync(temp.at(PAST), { recursive: true });
  for (const name of names) renameSync(temp.at(`${from}/${name}`), temp.at(`${to}/${name}`));
};

describe('a move that was killed half-way', () => {
  const order = ['logs', 'pipeline-state.json', 'journal.jsonl'];
  const backwards = ['journal.jsonl', 'pipeline-state.json', 'logs'];

  test.each([0, 1, 2])(
    'to the history, after %i renames: the run is still the current one and resumes whole',
    (count) => {
      using temp = newTempFolder();
      const workDirectory = newRun(temp, 'run-1');
      rename(temp, order.slice(0, count), { from: CURRENT, to: PAST });
      expect(existsSync(workDirectory.journalFile)).toBe(true);
      expect(valueOf(listHistory(workDirectory))).toEqual([]);
      valueOf(takeFromHistory(workDirectory, 'run-1'));
      expectRunIn(temp, '.work', 'run-1');
    },
  );

  test.each([0, 1, 2, 3])('to the history, after %i renames: it is completed by the next start', (count) => {
    using temp = newTempFolder();
    const workDirectory = newRun(temp, 'run-1');
    rename(temp, order.slice(0, count), { from: CURRENT, to: PAST });
    if (existsSync(workDirectory.journalFile)) valueOf(moveToHistory(workDirectory, 'run-1'));
    expectRunIn(temp, '.work/history/run-1', 'run-1');
  });

  test.each([0, 1, 2, 3])('back, after %i renames: it is completed by the next resume', (count) => {
    using temp = newTempFolder();
    const workDirectory = newRun(temp, 'run-1');
    valueOf(moveToHistory(workDirectory, 'run-1'));
    rename(temp, backwards.slice(0, count), { from: PAST, to: CURRENT });
    valueOf(takeFromHistory(workDirectory, 'run-1'));
    expectRunIn(temp, '.work', 'run-1');
  });

  test('really goes in that order: what comes after a rename that fails is not done', () => {
    using temp = newTempFolder();
    const workDirectory = newRun(temp, 'run-1');
    const obstacle = temp.write('.work/history/run-1/pipeline-state.json/x');
    expect(errorOf(moveToHistory(workDirectory, 'run-1'))).toContain('cannot move run "run-1"');
    expect(readdirSync(temp.at('.work')).sort()).toEqual([
      '.gitignore',
      'history',
      'journal.jsonl',
      'pipeline-state.json',
      'raw',
    ]);
    rmSync(temp.at('.work/history/run-1/pipeline-state.json'), { recursive: true });
    expect(existsSync(obstacle)).toBe(false);
    valueOf(moveToHistory(workDirectory, 'run-1'));
    temp.write('.work/pipeline-state.json/x');
    expect(errorOf(takeFromHistory(workDirectory, 'run-1'))).toContain('cannot take run "run-1"');
    expect(existsSync(workDirectory.journalFile)).toBe(true);
    expect(existsSync(workDirectory.logsFolder)).toBe(false);
  });
});
