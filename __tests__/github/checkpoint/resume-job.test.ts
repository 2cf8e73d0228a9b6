import { mkdirSync, rmSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { recordPrefix } from '../../../src/github/checkpoint/job-record.js';
import { AMBIGUOUS, markAmbiguous } from '../../../src/github/checkpoint/leg-claim.js';
import { resumeJob, type ResumeOptions, type ResumeOutcome } from '../../../src/github/checkpoint/resume-job.js';
import { saveCheckpoint } from '../../../src/github/checkpoint/save-checkpoint.js';
import { EVERYTHING } from '../../snapshot/archives.js';
import { valueOf } from '../../machine/temp-folder.js';
import { started } from '../../report/recorded-run.js';
import { findingOf, newJobRig, newSteps, savingOf, type JobSpace, type JobStart, type Steps } from '../job-rig.js';
import { checkpointKeys, newMemoryJobRig, type MemoryJobRig } from '../memory-job-rig.js';

const save = (job: JobStart) => saveCheckpoint({ kind: 'checkpoint', isFinal: true }, savingOf(job));

const wipe = (rig: JobSpace): void => {
  rmSync(rig.workspace, { recursive: true });
  mkdirSync(rig.workspace);
};

const resume = (rig: JobSpace, job: JobStart, more: Partial<ResumeOptions> = {}): Promise<ResumeOutcome> =>
  resumeJob({
    ...findingOf(job),
    scope: EVERYTHING,
    staging: `${rig.workspace}/.work/staging`,
    temp: job.folder.folder,
    origin: undefined,
    stepPaths: () => ['one', 'two'],
    isRequired: false,
    warn: job.display.warning,
    note: job.display.note,
    ...more,
  });

const runOf = (outcome: ResumeOutcome): Extract<ResumeOutcome, { kind: 'resumed' }>['run'] => {
  if (outcome.kind !== 'resumed') throw new Error(JSON.stringify(outcome));
  return outcome.run;
};

/** A first attempt whose steps are saved. */
const attemptOne = async (rig: JobSpace, act: (steps: Steps) => Promise<void>): Promise<JobStart> => {
  const job = rig.start();
  await act(await newSteps(job));
  expect(await save(job)).toMatchObject({ kind: 'saved' });
  return job;
};

test('the workspace and the run are put back', async () => {
  await using rig = newMemoryJobRig();
  await attemptOne(rig, async (steps) => {
    await steps.done('one', () => rig.write('a', 'from one'));
    await steps.fail('two', () => rig.write('garbage'));
  });
  wipe(rig);
  const job = rig.start({ attempt: 2 });
  const run = runOf(await resume(rig, job));
  expect([rig.read('a'), rig.has('garbage')]).toEqual(['from one', false]);
  expect([...run.last.steps.values()].map(({ path, status }) => `${path} ${status}`)).toEqual([
    'one succeeded',
    'two failed',
  ]);
  expect(run.journal.bytes.length).toBe(run.journal.validBytes);
  expect([run.manifest?.sequence, run.mustRerun]).toEqual([1, {}]);
  expect(job.log()).toContain(
    'attempt 1 was interrupted; up to 1 step finished after its last checkpoint and will run again',
  );
  expect(job.log()).toMatch(/restored the workspace of attempt 1 as of \S+ \S+ UTC: 1 file put in place$/m);
});

test('of an attempt that was cleaned up after at its end nothing is said to be lost', async () => {
  await using rig = newMemoryJobRig();
  await attemptOne(rig, async (steps) => {
    await steps.done('one', () => rig.write('a'));
    steps.run.add({ type: 'late_abortion', steps: [] });
  });
  wipe(rig);
  const job = rig.start({ attempt: 2 });
  expect(runOf(await resume(rig, job)).last).toMatchObject({ status: 'running', isCleanedUpLate: true });
  expect(job.log()).not.toContain('attempt 1 was interrupted');
});

test('a step that failed beside one whose archive was taken has left half of its files', async () => {
  await using rig = newMemoryJobRig();
  await attemptOne(rig, async (steps) => {
    steps.run.add(started('two'));
    await steps.done('one', () => rig.write('a'));
    await steps.fail('two');
  });
  wipe(rig);
  const { steps } = runOf(await resume(rig, rig.start({ attempt: 2 }))).last;
  expect(steps.get('two')?.unfinishedSince).toBe(steps.get('two')?.startedAt);
  expect(steps.get('one')?.unfinishedSince).toBeUndefined();
});

test('paths in exports are those of this machine, and a step whose path is missing here runs again', async () => {
  await using rig = newMemoryJobRig();
  await attemptOne(rig, async (steps) => {
    await steps.done('one', () => rig.write('bin/tool'));
    const exports = { env: { HERE: `${rig.workspace}/bin` }, path: [`${rig.workspace}/bin`] };
    const outside = { env: {}, path: ['/no/such/folder'] };
    for (const [step, each] of Object.entries({ inside: exports, outside })) {
      steps.run.add(started(step), { type: 'step_succeeded', step, duration_ms: 1, exports: each });
    }
    await steps.done('four', () => rig.write('b'));
  });
  wipe(rig);
  mkdirSync(rig.temp.at('moved'));
  const moved = rig.temp.at('moved');
  const run = runOf(
    await resume(rig, rig.start({ attempt: 2, env: { GITHUB_WORKSPACE: moved } }), {
      staging: `${moved}/.work/staging`,
    }),
  );
  expect(run.last.steps.get('inside')?.exports).toEqual({ env: { HERE: `${moved}/bin` }, path: [`${moved}/bin`] });
  expect(run.mustRerun).toEqual({ outside: 'it put /no/such/folder on the PATH, which does not exist here' });
});

test('what the first attempt had and this one lacks is told', async () => {
  await using rig = newMemoryJobRig();
  rig.write('downloaded');
  const first = await attemptOne(rig, (steps) => steps.done('one', () => rig.write('a')));
  wipe(rig);
  const job = rig.start({ attempt: 2 });
  await newSteps(job); // Lists the workspace as it is.
  runOf(await resume(rig, job, { origin: `${job.folder.listingsFolder}/origin` }));
  expect(first.chain.state().begun?.baseline_file).toContain('origin');
  expect(job.display.warnings()).toEqual([expect.stringMatching(/^1 files or folders .* such as downloaded$/)]);
});

describe('a fresh start', () => {
  test('follows a run that finished, which is no refusal', async () => {
    await using rig = newMemoryJobRig();
    const job = await attemptOne(rig, (steps) => steps.done('one', () => rig.write('a')));
    await saveCheckpoint({ kind: 'finished', isFinal: true }, savingOf(job));
    expect(await resume(rig, rig.start({ attempt: 2 }))).toEqual({
      kind: 'fresh',
      because: undefined,
      isUnused: false,
    });
  });

  test('has its reason where there is no checkpoint', async () => {
    await using rig = newMemoryJobRig();
    expect(await resume(rig, rig.start({ attempt: 2 }))).toEqual({
      kind: 'fresh',
      because: 'no checkpoint of an earlier attempt was found',
      isUnused: false,
    });
  });

  test('leaves the workspace alone when the checkpoint is damaged', async () => {
    await using rig = newMemoryJobRig();
    await attemptOne(rig, (steps) => steps.done('one', () => rig.write('a')));
    wipe(rig);
    rig.write('mine');
    const [key = ''] = checkpointKeys(rig.store);
    rig.store.rewrite(key, '000001.tree', (content) => content.fill(0, Math.floor(content.length / 2)));
    expect(await resume(rig, rig.start({ attempt: 2 }))).toMatchObject({ kind: 'fresh', isUnused: true });
    rig.store.truncate(key);
    expect(await resume(rig, rig.start({ attempt: 2 }))).toMatchObject({ kind: 'fresh', isUnused: true });
    expect([rig.has('a'), rig.has('mine')]).toEqual([false, true]);
  });
});

describe('the record of a run in the artifacts', () => {
  const upload = async (rig: MemoryJobRig): Promise<void> => {
    const job = rig.start();
    const steps = await newSteps(job);
    await steps.done('one');
    await steps.fail('two');
    const name = `${recordPrefix(job.identity)}001-000000-${job.identity.nonce}`;
    valueOf(await job.stores.records.save({ name, files: [job.folder.journalFile], root: job.folder.folder }));
  };

  test('makes the run go on, with every step run again', async () => {
    await using rig = newMemoryJobRig();
    await upload(rig);
    const job = rig.start({ attempt: 2 });
    const run = runOf(await resume(rig, job));
    expect([run.last.runId, run.manifest]).toEqual(['r1', undefined]);
    const because = 'only the record of the run was found, not its files';
    expect(run.mustRerun).toEqual({ one: because, two: because });
    expect(job.display.warnings()).toEqual([expect.stringContaining('every step runs again')]);
    expect(job.log()).toContain('nothing cleans up after the previous attempt, which was interrupted');
  });

  test('is not used where it may be that of another job', async () => {
    await using rig = newMemoryJobRig();
    await upload(rig);
    valueOf(await markAmbiguous(savingOf(rig.start())));
    const job = rig.start({ attempt: 2 });
    expect(await resume(rig, job)).toMatchObject({
      kind: 'fresh',
      because: expect.stringContaining(AMBIGUOUS) as string,
    });
    expect(job.display.warnings()).toEqual([]);
  });

  test('is not enough where a resume is required', async () => {
    await using rig = newMemoryJobRig();
    await upload(rig);
    expect(await resume(rig, rig.start({ attempt: 2 }), { isRequired: true })).toMatchObject({ kind: 'fresh' });
  });
});

test('a restore whose process dies leaves a workspace that nobody knows', async () => {
  await using rig = await newJobRig();
  await attemptOne(rig, (steps) => steps.done('one', () => rig.write('a')));
  const job = rig.start({ attempt: 2 });
  const { archives, close } = job.stores;
  const restoreTree: typeof archives.restoreTree = async (restore) => {
    const asked = archives.restoreTree(restore);
    await close();
    return asked;
  };
  expect(await resume(rig, job, { archives: { ...archives, restoreTree } })).toEqual({
    kind: 'broken',
    message: 'the restore did not finish: the store was closed',
  });
});
