import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  openJobJournal,
  readJournaledRun,
  reopenJobJournal,
  type JournalPlaces,
} from '../../../src/github/checkpoint/job-journal.js';
import { jobFolder, makeJobFolder } from '../../../src/machine/job/job-folder.js';
import { openWorkDirectory } from '../../../src/machine/workdir/work-directory.js';
import { CHAIN_START, decodeJournal, encodeLine } from '../../../src/state/journal-format.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';
import { recordRun, started } from '../../report/recorded-run.js';

/** A run of two events, as a journal. */
const journalText = (): string => {
  let [text, hash] = ['', CHAIN_START];
  recordRun((event) => {
    const next = encodeLine(event, hash);
    [text, hash] = [`${text}${next.line}\n`, next.hash];
  }).add(started('one'));
  return text;
};

const placesIn = (temp: TempFolder): JournalPlaces => {
  const folder = jobFolder(temp.path, 'n0');
  valueOf(makeJobFolder(folder));
  const warn = (message: string): never => {
    throw new Error(message);
  };
  return { folder, workDir: valueOf(openWorkDirectory(temp.path, '.work')), warn };
};

const journals = ({ folder, workDir }: JournalPlaces): readonly string[] =>
  [folder.journalFile, workDir.journalFile].map((file) => readFileSync(file, 'utf8'));

/** Adds an event to the journal of a process that is gone, in which the copy for people is as given. */
const goOn = async (places: JournalPlaces, kept: string): Promise<void> => {
  const { last, journal } = valueOf(readJournaledRun(Buffer.from(kept)));
  const opened = valueOf(reopenJobJournal(places, journal));
  const event = {
    v: 1,
    seq: last.seq + 1,
    at: 9,
    run: 'r1',
    attempt: 1,
    type: 'late_abortion',
    steps: ['one'],
  } as const;
  valueOf(opened.append(event, last));
  valueOf(await opened.close(last));
};

test('a run is read with the start of its latest attempt, a torn end left out', () => {
  const run = valueOf(readJournaledRun(Buffer.from(`${journalText()}{"v":1,`)));
  expect(run).toMatchObject({ last: { runId: 'r1', seq: 2 }, attemptStartedAt: 1000 });
  expect(run.journal.validBytes).toBe(Buffer.byteLength(journalText()));
  expect(errorOf(readJournaledRun(Buffer.alloc(0)))).toBe('its journal is empty');
});

test('a journal from elsewhere is put in both places', async () => {
  using temp = newTempFolder();
  const places = placesIn(temp);
  const { last, journal } = valueOf(readJournaledRun(Buffer.from(journalText())));
  valueOf(await valueOf(openJobJournal(places, journal)).close(last));
  expect(journals(places)).toEqual([journalText(), journalText()]);
});

describe('the journal of a process that is gone', () => {
  test.each([
    ['as long', journalText()],
    ['torn', `${journalText()}{"v":1,`],
    ['a line behind', `${journalText().split('\n')[0] ?? ''}\n`],
  ])('goes on in both places where the copy for people is %s', async (_how, shown) => {
    using temp = newTempFolder();
    const places = placesIn(temp);
    const kept = `${journalText()}{"v":1,`;
    temp.write('savepoint-n0/journal.jsonl', kept);
    temp.write('.work/journal.jsonl', shown);
    await goOn(places, kept);
    const [counts, copy] = journals(places);
    expect(valueOf(decodeJournal(Buffer.from(counts ?? ''))).events.map(({ type }) => type)).toEqual([
      'run_started',
      'step_started',
      'late_abortion',
    ]);
    expect(copy).toBe(counts);
  });

  test('leaves the journal of another run alone', async () => {
    using temp = newTempFolder();
    const places = placesIn(temp);
    temp.write('savepoint-n0/journal.jsonl', journalText());
    temp.write('.work/journal.jsonl', 'of another run');
    await goOn(places, journalText());
    expect(journals(places)[1]).toBe('of another run');
  });

  test('makes no copy for people where there is none any more', async () => {
    using temp = newTempFolder();
    const places = placesIn(temp);
    temp.write('savepoint-n0/journal.jsonl', journalText());
    rmSync(places.workDir.journalFile, { force: true });
    await goOn(places, journalText());
    expect(() => readFileSync(places.workDir.journalFile)).toThrow();
  });
});
