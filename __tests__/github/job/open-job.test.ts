import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recordPrefix } from '../../../src/github/checkpoint/job-record.js';
import type { JobWork } from '../../../src/github/job/job-work.js';
import { openJob } from '../../../src/github/job/open-job.js';
import { saveCheckpoint } from '../../../src/github/checkpoint/save-checkpoint.js';
import type { Result } from '../../../src/base/result.js';
import type { OpenWork } from '../../../src/run/host.js';
import { errorOf, valueOf } from '../../machine/temp-folder.js';
import { newJobRig, newSteps, pipelineOf, savingOf, type JobRig, type JobStart } from '../job-rig.js';

const PIPELINE = 'steps: [{ id: one, run: "true" }, { id: two, run: "true" }]\n';

const open = async (job: JobStart, more: { readonly stores?: undefined } = {}) => {
  const heard: { work?: JobWork; workDir?: string } = {};
  const onWork = (work: JobWork, workDir: string): void => void Object.assign(heard, { work, workDir });
  const opened: Result<OpenWork> = await openJob({ ...job, ...more, onWork })(await pipelineOf(PIPELINE));
  return { opened, heard };
};

const saveOne = async (rig: JobRig): Promise<void> => {
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  await saveCheckpoint({ kind: 'checkpoint', isFinal: true }, savingOf(job));
};

test('a first attempt starts fresh in a work directory that is locked and reported', async () => {
  await using rig = await newJobRig();
  const { opened, heard } = await open(rig.start());
  expect(valueOf(opened).last).toBeUndefined();
  expect(heard.workDir).toBe(`${rig.workspace}/.work`);
  expect(errorOf((await open(rig.start())).opened)).toContain('another run uses this work directory');
  await valueOf(opened).close();
  expect(existsSync(`${rig.workspace}/.work/lock.json`)).toBe(false);
});

test('a run that lies in the workspace counts for nothing', async () => {
  await using rig = await newJobRig();
  rig.write('.work/journal.jsonl', 'left by another');
  const { opened } = await open(rig.start({ attempt: 2 }));
  expect(valueOf(opened).last).toBeUndefined();
  expect(readdirSync(`${rig.workspace}/.work/history`)).toHaveLength(1);
  await valueOf(opened).close();
});

test('a re-run continues from the checkpoint, unless it must not', async () => {
  await using rig = await newJobRig();
  await saveOne(rig);
  const never = await open(rig.start({ attempt: 2, env: { INPUT_RESUME: 'never' } }));
  expect(valueOf(never.opened).last).toBeUndefined();
  await valueOf(never.opened).close();
  const { opened, heard } = await open(rig.start({ attempt: 2 }));
  expect(valueOf(opened).last?.runId).toBe('r1');
  expect(heard.work?.resumed?.manifest?.sequence).toBe(1);
  expect(valueOf(opened).last?.steps.get('one')?.mustRerun).toBeUndefined();
  await valueOf(opened).close();
});

test('where nothing can be resumed a re-run says why and starts fresh, or fails when a resume is required', async () => {
  await using rig = await newJobRig();
  const job = rig.start({ attempt: 2 });
  const { opened } = await open(job);
  await valueOf(opened).close();
  expect(job.log()).toContain('no checkpoint of an earlier attempt was found; this attempt starts fresh');
  const required = { attempt: 2, env: { INPUT_RESUME: 'require' } };
  const refusal = /"resume: require" asks not to start fresh$/;
  expect(errorOf((await open(rig.start(required))).opened)).toMatch(refusal);
  expect(errorOf((await open(rig.start(required), { stores: undefined })).opened)).toMatch(refusal);
  // The lock was released each time.
  await valueOf((await open(rig.start({ attempt: 1, env: { INPUT_RESUME: 'require' } }))).opened).close();
});

test('a run of which only the record was found has no files until its steps have run again', async () => {
  await using rig = await newJobRig();
  const first = rig.start();
  const steps = await newSteps(first);
  await steps.done('one');
  const name = `${recordPrefix(first.identity)}001-000000-${first.identity.nonce}`;
  valueOf(await first.stores.records.save({ name, files: [first.folder.journalFile], root: first.folder.folder }));
  const job = rig.start({ attempt: 2 });
  const { opened } = await open(job);
  const because = 'only the record of the run was found, not its files';
  expect(valueOf(opened).last?.steps.get('one')?.mustRerun).toBe(because);
  expect(job.chain.state()).toMatchObject({ begun: { must_rerun: { one: because } }, stored: [] });
  await valueOf(opened).close();
});
