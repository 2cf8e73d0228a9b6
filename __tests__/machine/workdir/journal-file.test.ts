import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  openJournal,
  readJournalFile,
  type JournalOptions,
  type OpenJournal,
} from '../../../src/machine/workdir/journal-file.js';
import type { RunEvent } from '../../../src/state/event.js';
import { CHAIN_START } from '../../../src/state/journal-format.js';
import type { RunState } from '../../../src/state/run-state.js';
import { startSource } from '../source-child.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../temp-folder.js';
import { until } from '../until.js';

const HOUR_MS = 3_600_000;
const START = { hash: CHAIN_START, validBytes: 0 };

const eventOf = (seq: number): RunEvent => ({
  v: 1,
  seq,
  at: 1_700_000_000_000 + seq,
  run: 'r1',
  attempt: 1,
  type: 'step_skipped',
  step: `step-${seq}`,
  name: 'Grüße 🌍',
  because: 'its condition "a\nb" does not hold',
});

const state: RunState = {
  runId: 'r1',
  pipeline: 'p',
  file: 'savepoint.yml',
  startedAt: 0,
  status: 'running',
  partial: false,
  attempt: 1,
  updatedAt: 0,
  seq: 0,
  inputs: {},
  commit: undefined,
  outputs: {},
  warnings: [],
  failedStep: undefined,
  steps: new Map(),
  fallbacks: new Map(),
  isCleanedUpLate: false,
};

const open = (temp: TempFolder, more: Partial<JournalOptions> = {}): OpenJournal =>
  valueOf(openJournal(optionsFor(temp, more)));

const optionsFor = (temp: TempFolder, more: Partial<JournalOptions> = {}): JournalOptions => ({
  file: temp.at('journal.jsonl'),
  stateFile: temp.at('pipeline-state.json'),
  from: START,
  renderState: ({ runId }) => `state of ${runId}\n`,
  ...more,
});

const readBack = (temp: TempFolder) => valueOf(readJournalFile(temp.at('journal.jsonl')));

describe('a journal', () => {
  test('is read back as it was appended, also over several openings', async () => {
    using temp = newTempFolder();
    const first = open(temp);
    first.append(eventOf(1), state);
    first.append(eventOf(2), state);
    valueOf(await first.close(state));
    const second = open(temp, { from: readBack(temp) ?? START });
    second.append(eventOf(3), state);
    valueOf(await second.close(state));
    expect(readBack(temp)?.events).toEqual([eventOf(1), eventOf(2), eventOf(3)]);
    expect(readBack(temp)?.validBytes).toBe(statSync(temp.at('journal.jsonl')).size);
  });

  test('that does not exist is not an error', () => {
    using temp = newTempFolder();
    expect(readBack(temp)).toBeUndefined();
  });

  test('continues after its last whole line when its end is torn', async () => {
    using temp = newTempFolder();
    const first = open(temp);
    first.append(eventOf(1), state);
    await first.close(state);
    appendFileSync(temp.at('journal.jsonl'), '{"v":1,"seq":2,"at":17000000');
    const content = readBack(temp);
    expect(content?.events).toEqual([eventOf(1)]);
    const second = open(temp, { from: content ?? START });
    second.append(eventOf(2), state);
    await second.close(state);
    expect(readBack(temp)?.events).toEqual([eventOf(1), eventOf(2)]);
  });

  test('with a changed line is refused, by its number', async () => {
    using temp = newTempFolder();
    const journal = open(temp);
    for (const seq of [1, 2, 3]) journal.append(eventOf(seq), state);
    await journal.close(state);
    const file = temp.at('journal.jsonl');
    writeFileSync(file, readFileSync(file, 'utf8').replace('step-2', 'step-9'));
    expect(errorOf(readJournalFile(file))).toEqual({ kind: 'damaged', line: 2 });
  });

  test('of a newer version is refused, by its version', () => {
    using temp = newTempFolder();
    const file = temp.write('journal.jsonl', '{"v":2,"seq":1}\n');
    expect(errorOf(readJournalFile(file))).toEqual({ kind: 'newer-version', version: 2 });
  });

  test('that is a directory or a link is not read', () => {
    using temp = newTempFolder();
    mkdirSync(temp.at('folder'));
    symlinkSync(temp.write('elsewhere', ''), temp.at('link'));
    expect(errorOf(readJournalFile(temp.at('folder')))).toMatchObject({ kind: 'unreadable' });
    expect(errorOf(readJournalFile(temp.at('link')))).toMatchObject({ kind: 'unreadable' });
  });

  test('is not written through a link', () => {
    using temp = newTempFolder();
    symlinkSync(temp.write('elsewhere', 'precious'), temp.at('journal.jsonl'));
    expect(errorOf(openJournal(optionsFor(temp)))).toContain('cannot open the journal');
    expect(temp.read('elsewhere')).toBe('precious');
  });

  test('that became shorter since it was read is not opened', () => {
    using temp = newTempFolder();
    temp.write('journal.jsonl', 'short');
    const opened = openJournal(optionsFor(temp, { from: { hash: CHAIN_START, validBytes: 100 } }));
    expect(errorOf(opened)).toContain('became shorter');
    expect(temp.read('journal.jsonl')).toBe('short');
  });
});

const childCode = (temp: TempFolder, body: string): string => `
  import { openJournal } from 'src/machine/workdir/journal-file.js';
  const options = ${JSON.stringify({ ...optionsFor(temp), renderState: undefined })};
  const journal = openJournal({ ...options, renderState: () => 'state' }).value;
  const event = ${JSON.stringify(eventOf(1))};
  ${body}`;

describe('what was appended', () => {
  test('is there after a kill -9', async () => {
    using temp = newTempFolder();
    const child = startSource(
      childCode(
        temp,
        `for (let seq = 1; seq <= 500; seq += 1) journal.append({ ...event, seq }, {});
      process.kill(process.pid, 'SIGKILL');`,
      ),
    );
    await child.output;
    expect(child.child.signalCode).toBe('SIGKILL');
    expect(readBack(temp)?.events.map(({ seq }) => seq)).toEqual(Array.from({ length: 500 }, (_, index) => index + 1));
  });

  test('stays whole when there is no room for more, and each later call says so', async () => {
    using temp = newTempFolder();
    const child = startSource(
      childCode(
        temp,
        `let seq = 1;
      let result = journal.append({ ...event, seq }, {});
      while (result.ok) result = journal.append({ ...event, seq: ++seq }, {});
      const again = journal.append({ ...event, seq: ++seq }, {});
      const closed = await journal.close({});
      console.log(JSON.stringify([result.error, again.error, closed.error]));`,
      ),
      'ulimit -f 4;',
    );
    const errors: unknown = JSON.parse(await child.output);
    expect(errors).toEqual(Array.from({ length: 3 }, () => expect.stringContaining('EFBIG') as unknown));
    expect(readBack(temp)?.events.length).toBeGreaterThan(5);
    expect(readBack(temp)?.validBytes).toBe(statSync(temp.at('journal.jsonl')).size);
    expect(existsSync(temp.at('pipeline-state.json'))).toBe(false);
  });
});

test('an append to a journal that was removed since is an error, and puts no state file in its place', async () => {
  using temp = newTempFolder();
  const journal = open(temp);
  valueOf(journal.append(eventOf(1), state));
  rmSync(temp.at('journal.jsonl'));
  expect(errorOf(journal.append(eventOf(2), state))).toContain('was removed');
  expect(errorOf(await journal.close(state))).toContain('was removed');
  expect(existsSync(temp.at('pipeline-state.json'))).toBe(false);
});

describe('the state file', () => {
  test('follows the journal by itself', async () => {
    using temp = newTempFolder();
    const journal = open(temp, { stateDelayMs: 1 });
    journal.append(eventOf(1), state);
    await until(() => existsSync(temp.at('pipeline-state.json')));
    expect(temp.read('pipeline-state.json')).toBe('state of r1\n');
    await journal.close(state);
  });

  test('is not written for each event, but at the end', async () => {
    using temp = newTempFolder();
    let rendered = 0;
    const renderState = (): string => `rendered ${++rendered}`;
    const journal = open(temp, { stateDelayMs: HOUR_MS, renderState });
    for (let seq = 1; seq <= 100; seq += 1) journal.append(eventOf(seq), state);
    expect(rendered).toBe(0);
    valueOf(await journal.close(state));
    expect(temp.read('pipeline-state.json')).toBe('rendered 1');
    expect(existsSync(temp.at('pipeline-state.json.tmp'))).toBe(false);
  });

  test('that cannot be written is said at the end, and the journal is complete', async () => {
    using temp = newTempFolder();
    const journal = open(temp, { stateFile: temp.at('missing/pipeline-state.json') });
    journal.append(eventOf(1), state);
    expect(errorOf(await journal.close(state))).toContain('pipeline-state.json');
    expect(readBack(temp)?.events).toEqual([eventOf(1)]);
  });
});
