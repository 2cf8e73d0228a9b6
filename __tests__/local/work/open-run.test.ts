import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Result } from '../../../src/base/result.js';
import { readPipeline } from '../../../src/language/read-pipeline.js';
import { commandLineOf } from '../../../src/local/command-line/command-line.js';
import { readFacts } from '../../../src/machine/facts.js';
import { openRun, type Goal } from '../../../src/local/work/open-run.js';
import { acquireLock } from '../../../src/machine/workdir/lock.js';
import type { OpenWork } from '../../../src/run/host.js';
import type { EventBody } from '../../../src/state/event.js';
import { newProcessRig } from '../../machine/process-rig.js';
import { processStartOf } from '../../../src/machine/process/process-table.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../../machine/temp-folder.js';
import { started } from '../../report/recorded-run.js';
import { createRecordingDisplay } from '../../rig/recording-display.js';
import { journalOf, newStoredRunFolder, runStarted } from '../stored-run-folder.js';

const FRESH: Goal = { kind: 'run', runId: undefined };
const LATEST: Goal = { kind: 'resume', id: undefined };
const LOCK = '.work/lock.json';

const PIPELINE = 'name: release\nsteps:\n  - run: "true"\n';

type Opening = { readonly opened: Result<OpenWork>; readonly warnings: readonly string[] };

/** Opens a run in a folder, with temporary files in `tmp` below it. */
const open = async (folder: TempFolder, goal: Goal, text = PIPELINE): Promise<Opening> => {
  mkdirSync(folder.at('tmp'), { recursive: true });
  const file = 'savepoint.yml';
  folder.write(file, text);
  const pipeline = valueOf(await readPipeline({ file, bytes: Buffer.from(text) }));
  const display = createRecordingDisplay();
  const surroundings = { env: {}, folder: folder.path, platform: 'linux', arch: 'x64', hostName: 'here' };
  const facts = readFacts({ ...surroundings, tempDir: folder.at('tmp') });
  const opened = await openRun({ goal, facts, workDir: undefined, display, commandLine: commandLineOf(undefined) })(
    pipeline,
  );
  return {
    opened,
    get warnings() {
      return display.warnings.map(({ message }) => message);
    },
  };
};

const close = async ({ opened }: Opening): Promise<void> => {
  if (opened.ok) await opened.value.close();
};

describe('an open work directory', () => {
  test('is locked until it is closed', async () => {
    using folder = newTempFolder();
    const opening = await open(folder, FRESH);
    expect(errorOf((await open(folder, FRESH)).opened)).toMatch(/^another run uses this work directory: process \d+/);
    await close(opening);
    expect(existsSync(folder.at(LOCK))).toBe(false);
  });

  test('holds the run to resume', async () => {
    using folder = newStoredRunFolder();
    const current = await open(folder, LATEST);
    expect(valueOf(current.opened).last?.runId).toBe('now');
    await close(current);
    const earlier = await open(folder, { kind: 'resume', id: 'before' });
    expect(valueOf(earlier.opened).last?.runId).toBe('before');
    await close(earlier);
    const fresh = await open(folder, FRESH);
    expect(valueOf(fresh.opened).last).toBeUndefined();
    await close(fresh);
  });

  test('is as it was when no run begins in it', async () => {
    using folder = newStoredRunFolder();
    const journal = folder.read('.work/journal.jsonl');
    await close(await open(folder, FRESH));
    expect(folder.read('.work/journal.jsonl')).toBe(journal);
    expect(readdirSync(folder.at('.work/history'))).toEqual(['before']);
  });
});

describe('a run that may have been interrupted', () => {
  test('is the one to resume, or the one that a fresh run replaces', async () => {
    using folder = newStoredRunFolder();
    const goals: readonly Goal[] = [FRESH, LATEST, { kind: 'resume', id: 'before' }];
    const found: unknown[] = [];
    for (const goal of goals) {
      const opening = await open(folder, goal);
      const { last, interrupted } = valueOf(opening.opened);
      found.push([interrupted?.last.runId, interrupted?.last === last]);
      await close(opening);
    }
    expect(found).toEqual([
      ['now', false],
      ['now', true],
      ['before', true],
    ]);
  });

  test('is none of another pipeline file', async () => {
    using folder = newTempFolder();
    folder.write('other.yml');
    folder.write('.work/journal.jsonl', journalOf('it', [{ ...runStarted, file: 'other.yml' } as EventBody]));
    const opening = await open(folder, FRESH);
    expect(valueOf(opening.opened).interrupted).toBeUndefined();
    await close(opening);
  });
});

describe('a refusal', () => {
  type Refusal = readonly [what: string, message: string, goal: Goal, journal: string | undefined];
  const refusals: readonly Refusal[] = [
    ['an id that is taken', 'there is already a run "now"', { kind: 'run', runId: 'now' }, undefined],
    ['an id that an earlier run has', 'savepoint resume before', { kind: 'run', runId: 'before' }, undefined],
    ['an unknown id', 'there is no run "nope"; there are: now, before', { kind: 'resume', id: 'nope' }, undefined],
    ['an empty journal', 'there is nothing to resume; start with: savepoint run', LATEST, ''],
    ['a damaged journal', 'line 1; start over with savepoint run', LATEST, 'nonsense\n'],
  ];

  test.each(refusals)('for %s leaves the work directory unlocked: %s', async (...refusal) => {
    const [, message, goal, journal] = refusal;
    using folder = newStoredRunFolder();
    if (journal !== undefined) folder.write('.work/journal.jsonl', journal);
    expect(errorOf((await open(folder, goal)).opened)).toContain(message);
    expect(existsSync(folder.at(LOCK))).toBe(false);
  });

  test('to resume where there is nothing makes no work directory', async () => {
    using folder = newTempFolder();
    expect(errorOf((await open(folder, LATEST)).opened)).toBe('there is nothing to resume; start with: savepoint run');
    expect(existsSync(folder.at('.work'))).toBe(false);
  });

  test('is what a pipeline gets that the run is not of', async () => {
    using folder = newTempFolder();
    folder.write('other.yml');
    folder.write('.work/journal.jsonl', journalOf('it', [{ ...runStarted, file: 'other.yml' } as EventBody]));
    const message = 'run it was started from other.yml, not from savepoint.yml; resume it with --pipeline=other.yml';
    expect(errorOf((await open(folder, LATEST)).opened)).toBe(message);
  });
});

test('a pipeline file that was renamed is still that of the run', async () => {
  using folder = newTempFolder();
  folder.write('.work/journal.jsonl', journalOf('it', [{ ...runStarted, file: 'gone.yml' } as EventBody]));
  const opening = await open(folder, LATEST);
  expect(valueOf(opening.opened).last?.runId).toBe('it');
  await close(opening);
});

test.each([FRESH, LATEST])('processes that a killed run left behind are ended first: %j', async (goal) => {
  using folder = newTempFolder();
  using rig = newProcessRig();
  const orphan = rig.bash('exec sleep 60');
  const attempt: EventBody = {
    type: 'attempt_started',
    step: 'a',
    try: 1,
    pid: orphan.pid,
    process_start: processStartOf(orphan.pid) ?? '',
  };
  folder.write('.work/journal.jsonl', journalOf('it', [runStarted, started('a'), attempt]));
  const opening = await open(folder, goal);
  expect(await orphan.ended).toMatchObject({ kind: 'signalled' });
  expect(opening.warnings).toEqual(['ended a process that an interrupted run had left behind']);
  await close(opening);
});

describe('a work directory that cannot be used is an error that names it', () => {
  test.each([
    ['a file', '.work', 'is not a directory'],
    ['a folder where our journal goes', '.work/journal.jsonl/x', 'is not a plain file'],
    ['a file where our logs go', '.work/logs', 'is not a plain folder'],
  ])('%s', async (_what, name, message) => {
    using folder = newTempFolder();
    folder.write(name);
    expect(errorOf((await open(folder, FRESH)).opened)).toContain(message);
    expect(errorOf((await open(folder, LATEST)).opened)).toContain(message);
  });
});

test('a lock whose holder has ended does not block a run', async () => {
  using folder = newTempFolder();
  const opening = await open(folder, FRESH);
  const text = folder.read(LOCK);
  await close(opening);
  folder.write(LOCK, text.replace(/"pid":\d+/, '"pid":4194303'));
  const again = await open(folder, FRESH);
  expect(again.opened.ok).toBe(true);
  await close(again);
  valueOf(acquireLock(folder.at(LOCK))).release();
});
