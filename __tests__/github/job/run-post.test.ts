import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findCheckpoint } from '../../../src/github/checkpoint/find-checkpoint.js';
import { lives, newProcessRig, pidsFrom } from '../../machine/process-rig.js';
import { started, tried } from '../../report/recorded-run.js';
import { findingOf, newJobRig, newSteps, type JobRig } from '../job-rig.js';
import { post } from '../post-rig.js';

/** The checkpoint that a re-run would find. */
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
  expect(finding.checkpoint.manifest.must_rerun).toEqual({ two: 'what it left was not saved' });
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

test('a store in trouble is reported with what it costs', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  rig.github.fault({ on: 'both', kind: 'connection-loss' });
  const { notes, warnings } = await post(rig, job);
  expect(warnings).toHaveLength(1);
  expect(notes).toContainEqual(expect.stringMatching(/^1 finished step is not saved and runs again in a re-run: /));
});
