import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { lookAround } from '../../src/github/job-ground.js';
import { createJobWork, type JobWork } from '../../src/github/job-work.js';
import type { ResumedRun } from '../../src/github/resume-job.js';
import type { BegunRun } from '../../src/run-pipeline.js';
import { foldEvents } from '../../src/state/apply-event.js';
import { CHAIN_START, decodeJournal, encodeLine } from '../../src/state/journal-format.js';
import { checkpointManifest } from '../checkpoint/manifest-builder.js';
import { valueOf } from '../machine/temp-folder.js';
import { recordRun, started, succeeded } from '../report/recorded-run.js';
import { lockedOf, newJobRig, type JobStart } from './job-rig.js';

const PIPELINE = `
secrets: [KEY, UNSET]
checkpoint: { max_size: 5MiB, min_interval: 1h }
directories: [raw]
steps: [{ id: one, run: "true" }]
`;

const workOf = async (job: JobStart, resumed?: ResumedRun): Promise<JobWork> => {
  const locked = await lockedOf(job, PIPELINE);
  return createJobWork({ ...locked, ground: await lookAround(locked), resumed, isAfterUnused: true });
};

/** Runs a step by hand, as the engine would. */
const runOne = async ({ ports, runId }: BegunRun, change: () => void): Promise<void> => {
  const warn = (message: string): never => {
    throw new Error(message);
  };
  ports.checkpoints?.begin({ record: () => undefined, warn, secrets: () => [] });
  const run = recordRun((event, state) => valueOf(ports.journal.append({ ...event, run: runId }, state)));
  run.add(started('one'));
  change();
  await ports.checkpoints?.stepEnded({ path: 'one', isDone: true }, run.add(succeeded('one')));
};

const resumedRun = (): ResumedRun => {
  let [text, hash] = ['', CHAIN_START];
  recordRun((event) => {
    const next = encodeLine(event, hash);
    [text, hash] = [`${text}${next.line}\n`, next.hash];
  }).add(started('one'), succeeded('one'));
  const bytes = Buffer.from(`${text}{"torn`);
  const { events, validBytes } = valueOf(decodeJournal(bytes));
  const last = foldEvents(events);
  if (last === undefined) throw new Error('an empty journal');
  return { last, journal: { bytes, hash, validBytes }, manifest: checkpointManifest(), unkept: { one: 'why' } };
};

test('what post needs is written before the first step', async () => {
  await using rig = await newJobRig();
  const job = rig.start({ env: { KEY: 'hidden' } });
  const work = await workOf(job);
  expect(job.chain.state().begun).toMatchObject({
    max_size_bytes: 5 * 1024 ** 2,
    secret_names: ['KEY'],
    baseline_file: `${job.folder.listingsFolder}/origin`,
    restored: [],
    places: [job.identity.places],
    journal_bytes: 0,
    after_unused: true,
  });
  await work.close();
});

test('a step is written down in both places, archived, and saved at the end, after the lock was given back', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const work = await workOf(job);
  const begun = valueOf(await work.begin());
  await runOne(begun, () => rig.write('a'));
  expect(rig.has('.work/raw')).toBe(true);
  await work.close();
  expect(rig.has('.work/lock.json')).toBe(false);
  const kept = readFileSync(job.folder.journalFile, 'utf8');
  expect(rig.read('.work/journal.jsonl')).toBe(kept);
  expect(kept.split('\n')).toHaveLength(4);
  expect(await work.saveRest()).toMatchObject({ kind: 'saved', step: 'one', sequence: 1 });
  expect(await work.saveRest()).toEqual({ kind: 'nothing-new' });
});

test('a resumed run goes on in its journal and in its chain', async () => {
  await using rig = await newJobRig();
  const job = rig.start({ attempt: 3 });
  const resumed = resumedRun();
  const work = await workOf(job, resumed);
  const begun = valueOf(await work.begin());
  expect(begun.runId).toBe('r1');
  const whole = resumed.journal.bytes.subarray(0, resumed.journal.validBytes).toString();
  expect([readFileSync(job.folder.journalFile, 'utf8'), rig.read('.work/journal.jsonl')]).toEqual([whole, whole]);
  const { manifest } = resumed;
  expect(job.chain.state()).toMatchObject({
    stored: manifest?.chain,
    sequence: manifest?.sequence,
    baseline: manifest?.baseline,
    begun: { unkept: { one: 'why' } },
    storedCoverBytes: resumed.journal.validBytes,
  });
  expect(job.chain.state().begun?.places).toEqual([...(manifest?.places ?? []), job.identity.places]);
  expect(job.chain.state().begun?.baseline_file).toBeUndefined();
  await runOne(begun, () => rig.write('a'));
  expect(job.chain.state().pending[0]?.before).toBe(`${job.folder.listingsFolder}/restored`);
  await work.close();
});

test('without stores steps run and nothing is saved', async () => {
  await using rig = await newJobRig();
  const locked = await lockedOf(rig.start(), PIPELINE);
  const alone = { ...locked, stores: undefined };
  const work = createJobWork({ ...alone, ground: await lookAround(alone), resumed: undefined, isAfterUnused: false });
  expect(valueOf(await work.begin()).ports.checkpoints).toBeUndefined();
  await work.close();
  expect(await work.saveRest()).toBeUndefined();
});
