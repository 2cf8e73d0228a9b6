import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readBaseline } from '../../../src/github/job/job-baseline.js';
import { readJournaledRun } from '../../../src/github/checkpoint/job-journal.js';
import { createJobWork, type JobWork } from '../../../src/github/job/job-work.js';
import type { ResumedRun } from '../../../src/github/checkpoint/resume-job.js';
import type { BegunRun } from '../../../src/run/host.js';
import type { EventBody } from '../../../src/state/event.js';
import { CHAIN_START, encodeLine } from '../../../src/state/journal-format.js';
import { checkpointManifest } from '../../checkpoint/manifest-builder.js';
import { valueOf } from '../../machine/temp-folder.js';
import { recordRun, started, succeeded } from '../../report/recorded-run.js';
import { lockedOf, newJobRig, type JobStart } from '../job-rig.js';

const PIPELINE = `
secrets: [KEY, UNSET]
checkpoint: { max_size: 5MiB, min_interval: 1h }
directories: [raw]
steps: [{ id: one, run: "true" }]
`;

const workOf = async (job: JobStart, resumed?: ResumedRun): Promise<JobWork> => {
  const locked = await lockedOf(job, PIPELINE);
  return createJobWork({ ...locked, baseline: await readBaseline(locked), resumed, isAfterUnused: true });
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
  return { ...valueOf(readJournaledRun(bytes)), manifest: checkpointManifest(), mustRerun: { one: 'why' } };
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
    machine_paths: [job.identity.places],
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

test('a resumed run continues in its journal and in its chain', async () => {
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
    begun: { must_rerun: { one: 'why' } },
    storedCoverBytes: resumed.journal.validBytes,
  });
  expect(job.chain.state().begun?.machine_paths).toEqual([...(manifest?.machine_paths ?? []), job.identity.places]);
  expect(job.chain.state().begun?.baseline_file).toBeUndefined();
  await runOne(begun, () => rig.write('a'));
  expect(job.chain.state().pending[0]?.before).toBe(`${job.folder.listingsFolder}/restored`);
  await work.close();
});

test('without stores steps run and nothing is saved', async () => {
  await using rig = await newJobRig();
  const locked = await lockedOf(rig.start(), PIPELINE);
  const alone = { ...locked, stores: undefined };
  const work = createJobWork({
    ...alone,
    baseline: await readBaseline(alone),
    resumed: undefined,
    isAfterUnused: false,
  });
  expect(valueOf(await work.begin()).ports.checkpoints).toBeUndefined();
  await work.close();
  expect(await work.saveRest()).toBeUndefined();
});

describe('an attempt that was interrupted', () => {
  const cutOffOf = async (
    work: JobWork,
  ): Promise<Awaited<ReturnType<NonNullable<JobWork['interrupted']>['begin']>>> => {
    const begun = await work.interrupted?.begin();
    if (begun === undefined) throw new Error('nothing was interrupted');
    return begun;
  };

  test('continues in the journal of the run, and its claim is a separate checkpoint', async () => {
    await using rig = await newJobRig();
    const job = rig.start({ attempt: 2 });
    const work = await workOf(job, resumedRun());
    const { ports, claim } = valueOf(await cutOffOf(work));
    const { last } = work.interrupted ?? {};
    if (last === undefined) throw new Error('nothing was interrupted');
    const claimed = {
      v: 1,
      seq: last.seq + 1,
      at: 0,
      run: 'r1',
      attempt: 1,
      type: 'late_abortion',
      steps: [],
    } as const;
    valueOf(ports.journal.append(claimed, last));
    expect(await claim(last)).toBe(true);
    rig.write('left by a fallback');
    const begun = valueOf(await work.begin());
    job.chain.add({ type: 'too_large', message: 'large', whole: false });
    await runOne(begun, () => rig.write('a'));
    // An archive of everything would include the files that the fallback left.
    expect(job.chain.state().pending.map(({ whole }) => whole)).toEqual([false]);
    expect(begun.ports.clock).toBe(ports.clock);
    expect(readFileSync(job.folder.journalFile, 'utf8')).toContain('"late_abortion"');
    expect(readdirSync(job.folder.listingsFolder)).toContain('restored');
    expect(readFileSync(`${job.folder.listingsFolder}/restored`, 'utf8')).toContain('left by a fallback');
    await work.close();
  });

  test('cannot be claimed where nothing can be saved', async () => {
    await using rig = await newJobRig();
    const work = await workOf(rig.start({ attempt: 2 }), resumedRun());
    const { claim } = valueOf(await cutOffOf(work));
    rig.github.fault({ on: 'both', kind: 'connection-loss' });
    expect(await claim(resumedRun().last)).toBe(false);
    await work.close();
  });

  test('is nobody where only its record was found, as nothing of it is known for sure', async () => {
    await using rig = await newJobRig();
    const work = await workOf(rig.start({ attempt: 2 }), { ...resumedRun(), manifest: undefined });
    expect(work.interrupted).toBeUndefined();
    await work.close();
  });
});

test('what is known of the checkpoint of an item moves along with it', async () => {
  await using rig = await newJobRig();
  const job = rig.start({ attempt: 2 });
  const work = await workOf(job, { ...resumedRun(), mustRerun: { 'each[1]': 'why' } });
  const { ports } = valueOf(await work.begin());
  const run = recordRun();
  run.add({ ...started('each'), kind: 'fan-out' } as EventBody);
  const listed = { type: 'items_listed', step: 'each', items: ['b'], from: [1], to_run: 1 } as const;
  valueOf(ports.journal.append({ v: 1, seq: 9, at: 0, run: 'r1', attempt: 2, ...listed }, run.state()));
  expect(job.chain.state().begun?.must_rerun).toEqual({ 'each[0]': 'why' });
  await work.close();
});
