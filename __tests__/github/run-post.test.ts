import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createActionDisplay } from '../../src/github/action-display.js';
import { findCheckpoint } from '../../src/github/find-checkpoint.js';
import { runPost } from '../../src/github/run-post.js';
import { saveCheckpoint } from '../../src/github/save-checkpoint.js';
import { readActionInputs } from '../../src/github/action-inputs.js';
import { createAbortScope, type AbortScope } from '../../src/run/abort-scope.js';
import { decodeJournal } from '../../src/state/journal-format.js';
import { unpacked } from '../machine/archives.js';
import { valueOf } from '../machine/temp-folder.js';
import { until } from '../machine/until.js';
import { isAlive } from '../rig/is-alive.js';
import { lives, newProcessRig, pidsFrom } from '../machine/process-rig.js';
import { started, tried } from '../report/recorded-run.js';
import {
  findingOf,
  newJobRig,
  newSteps,
  savingOf,
  surroundingsOf,
  writePipeline,
  type JobRig,
  type JobStart,
} from './job-rig.js';
import { newMemoryLog } from './memory-log.js';
import { FROM_SOURCE } from './store-rig.js';

type Post = { readonly notes: readonly string[]; readonly warnings: readonly string[] };

type PostOf = {
  readonly job: JobStart;
  readonly env?: Readonly<Record<string, string>>;
  readonly scope?: AbortScope;
};

/** Runs post after a main that is gone by now. */
const post = (rig: JobRig, job: JobStart, env: Record<string, string> = {}): Promise<Post> => postIn(rig, { job, env });

const postIn = async (rig: JobRig, { job, env = {}, scope = createAbortScope() }: PostOf): Promise<Post> => {
  await job.stores.close();
  if (!rig.has('savepoint.yml')) writePipeline(rig, 'steps: [{ id: one, run: "true" }, { id: two, run: "true" }]');
  const [notes, warnings]: [string[], string[]] = [[], []];
  const all = rig.env({ attempt: job.identity.attempt, env });
  await runPost({
    main: { version: 1, identity: job.identity, tempDir: rig.temp.at('temp'), workDir: `${rig.workspace}/.work` },
    inputs: valueOf(readActionInputs(all)),
    surroundings: surroundingsOf(rig, all),
    storeProgram: FROM_SOURCE,
    display: {
      ...createActionDisplay(newMemoryLog(), 'token'),
      note: (text) => notes.push(text),
      warning: (text) => warnings.push(text),
    },
    scope,
  });
  return { notes, warnings };
};

/** What a re-run would find. */
const found = async (rig: JobRig): Promise<unknown> => {
  const finding = await findCheckpoint(findingOf(rig.start({ attempt: 9 })));
  return finding.kind === 'found' ? finding.checkpoint.manifest.chain.map(({ step }) => step) : finding.kind;
};

test('after a kill -9 what main took is saved, whatever it was in the middle of', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  steps.run.add(started('two'));
  writeFileSync(join(job.folder.archivesFolder, '2.tar'), 'half an arch');
  appendFileSync(job.folder.chainFile, '{"type":"taken","index":2,"st');
  appendFileSync(job.folder.journalFile, '{"v":1,"seq":');
  const { notes, warnings } = await post(rig, job);
  expect(warnings).toEqual([]);
  expect(notes).toEqual([
    'Savepoint was killed before its end, while it ran "two"',
    'saved for a re-run: the workspace after "one"',
    expect.stringMatching(/^the record of this run \(state, journal, logs\) is in the artifact savepoint-/),
  ]);
  expect(await found(rig)).toEqual(['one']);
});

test('an archive of which main did not get to tell leaves its step to be run again', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  steps.run.add(started('two'), { type: 'step_succeeded', step: 'two', duration_ms: 1, exit_code: 0 });
  await post(rig, job);
  const finding = await findCheckpoint(findingOf(rig.start({ attempt: 2 })));
  if (finding.kind !== 'found') throw new Error(JSON.stringify(finding));
  expect(finding.checkpoint.manifest.unkept).toEqual({ two: 'what it left was not saved' });
});

test('processes of a step that main left running are ended', async () => {
  await using rig = await newJobRig();
  using processes = newProcessRig();
  const left = processes.bash('echo leader=$$; exec sleep 600', {
    env: { PATH: process.env['PATH'] ?? '', SAVEPOINT_RUN_ID: 'r1', SAVEPOINT_STEP: 'two' },
  });
  await pidsFrom(left, ['leader']);
  const job = rig.start();
  const steps = await newSteps(job);
  const attempt = { ...tried('two'), pid: left.pid, process_start: left.processStart };
  steps.run.add(started('two'), attempt);
  await post(rig, job);
  expect(lives(left.pid)).toBe(false);
});

describe('after main came to its end', () => {
  test('a failure that main could not save is saved, also where no step was done', async () => {
    await using rig = await newJobRig();
    const job = rig.start();
    await newSteps(job);
    job.chain.add({ type: 'ended', outcome: 'failed' });
    const { notes } = await post(rig, job, { 'INPUT_JOB-STATUS': 'failure' });
    expect(notes.filter((note) => !note.startsWith('the record'))).toEqual([
      'saved for a re-run: the record of the run',
    ]);
  });

  test('a success in a job that failed later is saved, in one that succeeded it is not', async () => {
    await using rig = await newJobRig();
    const job = rig.start();
    const steps = await newSteps(job);
    await steps.done('one', () => rig.write('a'));
    job.chain.add({ type: 'ended', outcome: 'succeeded' });
    await post(rig, job, { 'INPUT_JOB-STATUS': 'success' });
    expect(await found(rig)).toBe('none');
    await post(rig, job, { 'INPUT_JOB-STATUS': 'failure' });
    expect(await found(rig)).toEqual(['one']);
  });

  test('a success after uploads is marked, so that a re-run starts fresh', async () => {
    await using rig = await newJobRig();
    const job = rig.start();
    const steps = await newSteps(job);
    await steps.done('one', () => rig.write('a'));
    job.chain.add({ type: 'key_used', sequence: 1 });
    job.chain.add({ type: 'ended', outcome: 'succeeded' });
    const { notes } = await post(rig, job, { 'INPUT_JOB-STATUS': 'success' });
    expect(notes[0]).toBe('marked as finished: a re-run of this job starts fresh');
    expect(await found(rig)).toBe('finished');
  });
});

test('where main knew more secrets, files that were not checked for them are not saved', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const steps = await newSteps(job, { secrets: () => ['learned'] });
  await steps.done('one', () => rig.write('a'));
  const { notes } = await post(rig, job);
  expect(notes).toContain(
    '1 finished step is not saved and runs again in a re-run: the files may hold secrets that are not known any more',
  );
  expect(await found(rig)).toEqual([]);
});

test.each([
  ['still has', 'as it was', ['one']],
  ['has another value for', 'of a later step', []],
  ['does not have', '', []],
])('files are saved only where post knows what main looked for: post %s the secret', async (_has, value, steps) => {
  await using rig = await newJobRig();
  const job = rig.start();
  const { done } = await newSteps(job, { secretEnv: { TOKEN: 'as it was' } });
  await done('one', () => rig.write('a'));
  await post(rig, job, { TOKEN: value });
  expect(await found(rig)).toEqual(steps);
});

test('without stores leftovers are ended and nothing is said of saving', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  expect(await post(rig, job, { INPUT_CHECKPOINT: 'off' })).toMatchObject({ warnings: [] });
  expect(await post(rig, job, { 'INPUT_ENCRYPTION-KEY': '' })).toMatchObject({ warnings: [] });
  expect(await rig.github.artifacts()).toEqual([]);
});

test('a store in trouble is told with what it costs', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  rig.github.fault({ on: 'both', kind: 'connection-loss' });
  const { notes, warnings } = await post(rig, job);
  expect(warnings).toHaveLength(1);
  expect(notes).toContainEqual(expect.stringMatching(/^1 finished step is not saved and runs again in a re-run: /));
});

describe('a run that was cut off', () => {
  const CLEANING = `
inputs: { who: { type: string } }
on_abortion: [{ id: all, run: 'echo "pipeline $WHO" >> "$CLEANED"', env: { WHO: "\${{ inputs.who }}" } }]
finally: [{ id: last, run: 'echo "finally $SAVEPOINT_RUN_ID" >> "$CLEANED"' }]
steps:
  - { id: one, run: "true" }
  - { id: two, run: "true", on_abortion: [{ id: undo, run: 'echo two >> "$CLEANED"' }] }
`;
  const cutOff = async (rig: JobRig): Promise<JobStart> => {
    writePipeline(rig, CLEANING);
    const job = rig.start();
    const steps = await newSteps(job);
    await steps.done('one', () => rig.write('a'));
    steps.run.add(started('two'));
    return job;
  };
  const cleaned = (rig: JobRig): readonly string[] =>
    rig.has('../cleaned') ? rig.temp.read('cleaned').split('\n').slice(0, -1) : [];
  const env = (rig: JobRig): Record<string, string> => ({ CLEANED: rig.temp.at('cleaned'), INPUT_INPUTS: 'who=me' });

  test('is claimed, saved with the claim, and then cleaned up after, once', async () => {
    await using rig = await newJobRig();
    const job = await cutOff(rig);
    const { notes, warnings } = await post(rig, job, env(rig));
    expect(warnings).toEqual([]);
    expect(notes).toContain('saved for a re-run: the workspace after "one"');
    expect(cleaned(rig)).toEqual(['two', 'pipeline me', 'finally r1']);
    const finding = await findCheckpoint(findingOf(rig.start({ attempt: 2 })));
    if (finding.kind !== 'found') throw new Error(finding.kind);
    expect(typesIn(unpacked(finding.checkpoint.journal.file)).slice(-2)).toEqual(['step_started', 'late_abortion']);
    expect(typesIn(readFileSync(job.folder.journalFile)).at(-1)).toBe('run_aborted');
    await post(rig, job, env(rig));
    expect(cleaned(rig)).toHaveLength(3);
  });

  test('is cleaned up after where nothing of it was ever saved and nothing can be', async () => {
    await using rig = await newJobRig();
    const job = await cutOff(rig);
    rig.github.fault({ on: 'both', kind: 'connection-loss' });
    await post(rig, job, env(rig));
    expect(cleaned(rig)).toHaveLength(3);
    const off = await cutOff(rig);
    await post(rig, off, { ...env(rig), INPUT_CHECKPOINT: 'off' });
    expect(cleaned(rig)).toHaveLength(6);
  });

  test('is left to the next start where a checkpoint is stored and the claim cannot be', async () => {
    await using rig = await newJobRig();
    const job = await cutOff(rig);
    expect(await saveCheckpoint({ kind: 'checkpoint', isFinal: false }, savingOf(job))).toMatchObject({
      kind: 'saved',
    });
    rig.github.fault({ on: 'both', kind: 'connection-loss' });
    const { notes } = await post(rig, job, env(rig));
    expect(cleaned(rig)).toEqual([]);
    expect(notes).toContainEqual(expect.stringMatching(/^a re-run of this job cleans up instead/));
  });

  test('has no fallback that outlives post when its time is up', async () => {
    await using rig = await newJobRig();
    const job = await cutOff(rig);
    writePipeline(rig, CLEANING.replace('echo two >> "$CLEANED"', 'echo $$ > pid; exec sleep 600'));
    const scope = createAbortScope();
    const posting = postIn(rig, { job, env: env(rig), scope });
    await until(() => rig.has('pid') && rig.read('pid').endsWith('\n'));
    const pid = Number(rig.read('pid'));
    scope.abort({ cause: 'signal', atOnce: true });
    const { warnings } = await posting;
    expect([isAlive(pid), cleaned(rig)]).toEqual([false, []]);
    expect(warnings).toContainEqual(expect.stringMatching(/^there was no time for /));
    expect(typesIn(readFileSync(job.folder.journalFile)).at(-1)).toBe('run_aborted');
  });

  test.each(['failed', 'succeeded'] as const)('owes nothing where main saw that it %s', async (outcome) => {
    await using rig = await newJobRig();
    const job = await cutOff(rig);
    job.chain.add({ type: 'ended', outcome });
    await post(rig, job, env(rig));
    expect(cleaned(rig)).toEqual([]);
  });

  test('is not cleaned up after where its file cannot be read any more, and that is told', async () => {
    await using rig = await newJobRig();
    const job = await cutOff(rig);
    writePipeline(rig, 'steps: nonsense');
    const { notes, warnings } = await post(rig, job, env(rig));
    expect(warnings).toEqual([
      expect.stringMatching(/^the fallbacks of the run that was cut off do not run: savepoint.yml:1:8 /),
    ]);
    expect(notes).toContain('saved for a re-run: the workspace after "one"');
    expect(cleaned(rig)).toEqual([]);
  });
});

const typesIn = (journal: Buffer): readonly string[] => valueOf(decodeJournal(journal)).events.map(({ type }) => type);
