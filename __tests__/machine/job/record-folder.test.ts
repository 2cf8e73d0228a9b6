import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { relative } from 'node:path';
import { expect, test } from 'vitest';
import { jobFolder } from '../../../src/machine/job/job-folder.js';
import { filesBelow, gatherRecord } from '../../../src/machine/job/record-folder.js';
import { CHAIN_START, encodeLine } from '../../../src/state/journal-format.js';
import { recordRun } from '../../report/recorded-run.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../temp-folder.js';

/** The journal of a run with the id `r1`. */
const journal = (): string => {
  let text = '';
  recordRun((event) => (text += `${encodeLine(event, CHAIN_START).line}\n`));
  return text;
};

const gathered = (temp: TempFolder, runId = 'r1'): readonly string[] => {
  const root = valueOf(gatherRecord(jobFolder(temp.path, 'n1'), temp.at('work'), runId));
  return filesBelow(root)
    .map(({ path, sizeBytes }) => `${relative(root, path)} ${sizeBytes}`)
    .sort();
};

test('the record holds journal, state and logs, and nothing of an earlier one', () => {
  using temp = newTempFolder();
  temp.write('savepoint-n1/journal.jsonl', 'j');
  temp.write('savepoint-n1/pipeline-state.json', '{}');
  temp.write('savepoint-n1/record/old');
  temp.write('work/journal.jsonl', journal());
  temp.write('work/logs/group/build.log', 'log');
  temp.write('work/raw/data');
  expect(gathered(temp)).toEqual(['journal.jsonl 1', 'logs/group/build.log 3', 'pipeline-state.json 2']);
});

test('logs come from the history where another run has taken the work directory', () => {
  using temp = newTempFolder();
  temp.write('savepoint-n1/journal.jsonl', 'j');
  temp.write('work/journal.jsonl', journal());
  temp.write('work/logs/theirs.log', 'log');
  temp.write('work/history/mine/logs/mine.log', 'log');
  expect(gathered(temp, 'mine')).toEqual(['journal.jsonl 1', 'logs/mine.log 3']);
});

test('only files are taken: links lead elsewhere, and pipes may never end', () => {
  using temp = newTempFolder();
  temp.write('savepoint-n1/.made');
  temp.write('outside/secret');
  temp.write('work/logs/a.log', 'a');
  symlinkSync(temp.at('outside'), temp.at('work/logs/link'));
  execFileSync('mkfifo', [temp.at('work/logs/pipe')]);
  symlinkSync(temp.at('outside/secret'), temp.at('savepoint-n1/journal.jsonl'));
  expect(gathered(temp)).toEqual(['logs/a.log 1']);
});

test('where there is no room for it is an error', () => {
  using temp = newTempFolder();
  temp.write('work/logs/a.log');
  expect(errorOf(gatherRecord(jobFolder(temp.path, 'n1'), temp.at('work'), 'r1'))).toContain('cannot gather');
});
