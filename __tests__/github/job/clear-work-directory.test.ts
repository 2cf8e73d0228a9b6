import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { clearWorkDirectory } from '../../../src/github/job/clear-work-directory.js';
import { openWorkDirectory } from '../../../src/machine/workdir/work-directory.js';
import { CHAIN_START, encodeLine } from '../../../src/state/journal-format.js';
import type { RunEvent } from '../../../src/state/event.js';
import { newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';

const leaveRun = (temp: TempFolder, run: string): void => {
  const event = { v: 1, seq: 1, at: 0, run, attempt: 1, type: 'run_started', pipeline: 'p', file: 'f', inputs: {} };
  temp.write('.work/journal.jsonl', `${encodeLine(event as RunEvent, CHAIN_START).line}\n`);
  temp.write('.work/logs/a.log');
  temp.write('.work/raw/data');
};

const clear = (temp: TempFolder): readonly string[] => {
  const notes: string[] = [];
  valueOf(clearWorkDirectory(valueOf(openWorkDirectory(temp.path, '.work')), (note) => notes.push(note)));
  expect(existsSync(temp.at('.work/journal.jsonl'))).toBe(false);
  return notes;
};

test('a run that lies there goes to the history, and what its steps left stays', () => {
  using temp = newTempFolder();
  leaveRun(temp, 'r1');
  expect(clear(temp)).toEqual([]);
  expect(readdirSync(temp.at('.work/history/r1')).sort()).toEqual(['journal.jsonl', 'logs']);
  expect(temp.read('.work/raw/data')).toBe('content of .work/raw/data');
});

test('the same run once more, as on a machine that keeps its workspace, goes there under another name', () => {
  using temp = newTempFolder();
  leaveRun(temp, 'r1');
  clear(temp);
  leaveRun(temp, 'r1');
  expect(clear(temp)).toEqual([expect.stringContaining('the run "r1"')]);
  expect(
    readdirSync(temp.at('.work/history'))
      .map((name) => name.slice(0, 5))
      .sort(),
  ).toEqual(['again', 'r1']);
});

test.each(['not a journal\n', '../../escape'])('what is no journal of ours is put away as well', (text) => {
  using temp = newTempFolder();
  leaveRun(temp, text);
  if (text.endsWith('\n')) temp.write('.work/journal.jsonl', text);
  clear(temp);
  expect(readdirSync(temp.at('.work/history'))).toEqual([expect.stringMatching(/^unreadable-/)]);
  expect(readdirSync(temp.path)).toEqual(['.work']);
});

test('an empty work directory is left as it is', () => {
  using temp = newTempFolder();
  expect(clear(temp)).toEqual([]);
  expect(existsSync(temp.at('.work/history'))).toBe(false);
});
