import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { findCheckpoint, type Finding } from '../../../src/github/checkpoint/find-checkpoint.js';
import { unavailable } from '../../../src/github/store/store-trouble.js';
import { saveCheckpoint } from '../../../src/github/checkpoint/save-checkpoint.js';
import { findingOf, newSteps, savingOf, type JobStart } from '../job-rig.js';
import { checkpointKeys, newMemoryJobRig, type MemoryJobRig } from '../memory-job-rig.js';

/** A first attempt that stored two parts. */
const saveTwice = async (rig: MemoryJobRig, passphrase?: string): Promise<JobStart> => {
  const job = rig.start();
  const steps = await newSteps(job);
  for (const step of ['one', 'two']) {
    await steps.done(step, () => rig.write(step));
    await saveCheckpoint({ kind: 'checkpoint', isFinal: false }, savingOf(job, { passphrase }));
  }
  return job;
};

const find = (rig: MemoryJobRig, more: Parameters<typeof findingOf>[1] = {}): Promise<Finding> =>
  findCheckpoint(findingOf(rig.start({ attempt: 2 }), more));

test('there is none before anything was saved', async () => {
  await using rig = newMemoryJobRig();
  expect(await find(rig)).toEqual({ kind: 'none' });
});

test.each([undefined, 'a long key'])(
  'the newest checkpoint is found with all its parts, with the key %s',
  async (key) => {
    await using rig = newMemoryJobRig();
    await saveTwice(rig, key);
    const finding = await find(rig, { passphrase: key });
    if (finding.kind !== 'found') throw new Error(JSON.stringify(finding));
    const { manifest, journal, baseline, links } = finding.checkpoint;
    expect(manifest).toMatchObject({ attempt: 1, sequence: 2, chain: [{ step: 'one' }, { step: 'two' }] });
    const files = [journal, baseline, ...links.map(({ tree }) => tree)];
    expect(files.map((file) => readFileSync(file?.file ?? '').length)).toEqual(
      files.map((file) => file?.stored.size_bytes),
    );
    expect(files.map((file) => file?.seal?.part)).toEqual(
      key === undefined ? files.map(() => undefined) : ['journal', 'baseline', '000001.tree', '000002.tree'],
    );
  },
);

test('a run that finished is no checkpoint', async () => {
  await using rig = newMemoryJobRig();
  await saveCheckpoint({ kind: 'finished', isFinal: true }, savingOf(await saveTwice(rig)));
  expect(await find(rig)).toEqual({ kind: 'finished' });
});

test('another leg has none', async () => {
  await using rig = newMemoryJobRig();
  await saveTwice(rig);
  const other = rig.start({ attempt: 2, env: { INPUT_ID: 'other' } });
  expect(await findCheckpoint(findingOf(other))).toEqual({ kind: 'none' });
});

describe('a checkpoint is refused', () => {
  test('when a part of it is gone', async () => {
    await using rig = newMemoryJobRig();
    await saveTwice(rig);
    rig.store.evict(checkpointKeys(rig.store)[0] ?? '');
    expect(await find(rig)).toEqual({ kind: 'refused', because: '1 of its 2 parts are gone from the cache' });
  });

  test('when it is of another commit', async () => {
    await using rig = newMemoryJobRig();
    await saveTwice(rig);
    expect(await find(rig, { commit: 'c0ffee' })).toEqual({
      kind: 'refused',
      because: 'it was made on another commit (none, this is c0ffee)',
    });
  });

  test('when the name is ambiguous', async () => {
    await using rig = newMemoryJobRig();
    await saveTwice(rig);
    await saveTwice(rig);
    expect(await find(rig)).toEqual({ kind: 'ambiguous' });
  });

  test('when it is sealed with another key, or not at all', async () => {
    await using rig = newMemoryJobRig();
    await saveTwice(rig, 'a long key');
    for (const passphrase of ['another key', undefined]) {
      expect(await find(rig, { passphrase })).toMatchObject({ kind: 'refused' });
    }
  });
});

test('a store in trouble says nothing of whether there is one', async () => {
  await using rig = newMemoryJobRig();
  await saveTwice(rig);
  for (const method of ['find', 'download'] as const) {
    rig.store.fault(method, unavailable('the cache service could not be reached'));
    expect(await find(rig)).toMatchObject({ kind: 'unavailable' });
    rig.store.heal();
  }
  expect(await find(rig)).toMatchObject({ kind: 'found' });
});
