import { existsSync, readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseKey } from '../../../src/checkpoint/checkpoint-key.js';
import { findCheckpoint } from '../../../src/github/checkpoint/find-checkpoint.js';
import { saveCheckpoint, type Wanted } from '../../../src/github/checkpoint/save-checkpoint.js';
import { unanswered, unavailable } from '../../../src/github/store/store-trouble.js';
import { err } from '../../../src/base/result.js';
import { findingOf, newSteps, savingOf } from '../job-rig.js';
import { checkpointKeys, newMemoryJobRig, type MemoryJobRig } from '../memory-job-rig.js';

const CHECKPOINT: Wanted = { kind: 'checkpoint', isFinal: false };

const keysOf = ({ store }: MemoryJobRig): readonly (number | undefined)[] =>
  checkpointKeys(store).map((key) => parseKey(key)?.sequence);

test('what is new is stored once, and what nobody needs any more is removed', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  await steps.done('two', () => rig.write('b'));
  const saved = await saveCheckpoint(CHECKPOINT, savingOf(job));
  expect(saved).toMatchObject({ kind: 'saved', step: 'two', sequence: 1 });
  expect(keysOf(rig)).toEqual([1]);
  expect(readdirSync(job.folder.archivesFolder)).toEqual([]);
  expect(readdirSync(job.folder.listingsFolder).sort()).toEqual(['2', 'origin']);
  expect(job.chain.state()).toMatchObject({ pending: [], stored: [{ step: 'one' }, { step: 'two' }] });
  expect(await saveCheckpoint(CHECKPOINT, savingOf(job))).toEqual({ kind: 'nothing-new' });
  await steps.done('three', () => rig.write('c'));
  expect(await saveCheckpoint(CHECKPOINT, savingOf(job))).toMatchObject({ kind: 'saved', step: 'three', sequence: 2 });
  expect(job.chain.state().stored.map(({ step }) => step)).toEqual(['one', 'two', 'three']);
});

test('a save that fails uses up its key and loses nothing', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await saveCheckpoint(CHECKPOINT, savingOf(job));
  await steps.done('one', () => rig.write('a'));
  rig.store.fault('save', unavailable('the cache service could not be reached'));
  expect(await saveCheckpoint(CHECKPOINT, savingOf(job))).toMatchObject({ kind: 'failed' });
  expect(job.chain.state().pending.map(({ tar_file }) => existsSync(tar_file))).toEqual([true]);
  expect(job.display.warnings()).toEqual([
    expect.stringMatching(/^the cache service .*; this checkpoint is not saved$/),
  ]);
  rig.store.heal();
  const final: Wanted = { kind: 'checkpoint', isFinal: true };
  expect(await saveCheckpoint(final, savingOf(job))).toMatchObject({ kind: 'saved', sequence: 3 });
  expect(keysOf(rig)).toEqual([1, 3]);
});

test('a save whose answer is lost leaves a doubt, until the next one is stored', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  const { store } = job.stores;
  const save: typeof store.save = async (entry) => {
    const saved = await store.save(entry);
    return entry.isShared === true ? saved : err(unanswered('the line went dead'));
  };
  expect(await saveCheckpoint(CHECKPOINT, savingOf(job, { store: { ...store, save } }))).toMatchObject({
    kind: 'failed',
  });
  expect(job.chain.state()).toMatchObject({ isSaving: false, isUnsure: true });
  expect(keysOf(rig)).toEqual([1]);
  const final: Wanted = { kind: 'checkpoint', isFinal: true };
  expect(await saveCheckpoint(final, savingOf(job))).toMatchObject({ kind: 'saved', sequence: 2 });
  expect(job.chain.state().isUnsure).toBe(false);
});

test('sequences rise over attempts also where nothing was resumed', async () => {
  await using rig = newMemoryJobRig();
  for (const attempt of [1, 2]) {
    const job = rig.start({ attempt });
    const steps = await newSteps(job);
    await steps.done('one', () => rig.write(`a${attempt}`));
    await saveCheckpoint(CHECKPOINT, savingOf(job));
  }
  expect(keysOf(rig)).toEqual([1, 2]);
});

test('of two starts under one name the second says so and saves nothing but word of that', async () => {
  await using rig = newMemoryJobRig();
  const [first, second] = [rig.start(), rig.start()];
  const [one, other] = [await newSteps(first), await newSteps(second)];
  await one.done('one', () => rig.write('a'));
  await other.done('one', () => rig.write('b'));
  await saveCheckpoint(CHECKPOINT, savingOf(first));
  for (const job of [second, second, first, first]) {
    const saved = await saveCheckpoint(CHECKPOINT, savingOf(job));
    if (job === second) expect(saved).toMatchObject({ kind: 'ambiguous' });
  }
  expect(second.display.warnings()).toEqual([expect.stringContaining('give each its own "id" input')]);
  expect(keysOf(rig)).toEqual([1]);
  const markers = rig.store.keys().filter((key) => key.includes('.ambiguous-'));
  expect(markers).toHaveLength(1);
});

test('too large is said once; a whole archive may mend it once', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job, { maxSizeBytes: 3000 });
  const random = (): string => Array.from({ length: 1500 }, () => Math.random().toString(36)[2]).join('');
  for (const step of ['one', 'two', 'three']) await steps.done(step, () => rig.write('same', random()));
  expect(await saveCheckpoint(CHECKPOINT, savingOf(job))).toMatchObject({ kind: 'too-large' });
  expect(await saveCheckpoint(CHECKPOINT, savingOf(job))).toMatchObject({ kind: 'too-large' });
  expect(job.display.warnings()).toEqual([expect.stringContaining('more than checkpoint.max_size')]);
  await steps.done('four');
  expect(job.chain.state().pending).toMatchObject([{ step: 'four', whole: true }]);
  expect(readdirSync(job.folder.archivesFolder)).toEqual(['4.tar']);
  expect(await saveCheckpoint(CHECKPOINT, savingOf(job))).toMatchObject({ kind: 'saved', step: 'four' });
  expect(job.chain.state().stored.map(({ step }) => step)).toEqual(['four']);
});

test('where a whole archive is too large too, nothing is tried or taken any more', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job, { maxSizeBytes: 10 });
  await steps.done('one', () => rig.write('a'));
  await saveCheckpoint(CHECKPOINT, savingOf(job));
  await steps.done('two', () => rig.write('b'));
  await saveCheckpoint(CHECKPOINT, savingOf(job));
  await steps.done('three', () => rig.write('c'));
  expect(job.chain.state().lastTaken?.step).toBe('two');
  expect(await saveCheckpoint(CHECKPOINT, savingOf(job))).toMatchObject({ kind: 'too-large' });
  expect(job.display.warnings()).toHaveLength(1);
  expect(keysOf(rig)).toEqual([]);
});

test('the last one stores the record without archives that are too large, whose steps run again', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job, { maxSizeBytes: 10 });
  await steps.done('one', () => rig.write('a'));
  const last: Wanted = { kind: 'checkpoint', isFinal: true };
  expect(await saveCheckpoint(last, savingOf(job))).toMatchObject({ kind: 'too-large', isRecordSaved: true });
  const finding = await findCheckpoint(findingOf(rig.start({ attempt: 2 })));
  if (finding.kind !== 'found') throw new Error(finding.kind);
  expect(finding.checkpoint.manifest).toMatchObject({ chain: [], must_rerun: { one: 'what it left was not saved' } });
  expect(await saveCheckpoint(last, savingOf(job))).toMatchObject({ kind: 'too-large', isRecordSaved: false });
  expect(job.display.warnings()).toHaveLength(1);
});

test('without all secrets only the record is saved, and steps whose files are not stored run again', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  await saveCheckpoint(CHECKPOINT, savingOf(job));
  await steps.fail('two');
  await steps.done('three', () => rig.write('c'));
  const { savedJournalBytes } = job.chain.state();
  const saved = await saveCheckpoint(CHECKPOINT, savingOf(job, { secrets: undefined }));
  expect(saved).toMatchObject({ kind: 'saved', step: '' });
  const state = job.chain.state();
  expect(state.pending.map(({ step }) => step)).toEqual(['three']);
  expect(state.savedJournalBytes).toBeGreaterThan(savedJournalBytes);
  const finding = await findCheckpoint(findingOf(rig.start({ attempt: 2 })));
  if (finding.kind !== 'found') throw new Error(finding.kind);
  expect(finding.checkpoint.manifest.must_rerun).toEqual({ three: 'what it left was not saved' });
});

test('a marker is stored once and holds nothing', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  const finished: Wanted = { kind: 'finished', isFinal: true };
  expect(await saveCheckpoint(finished, savingOf(job))).toEqual({ kind: 'marked' });
  expect(await saveCheckpoint(finished, savingOf(job))).toEqual({ kind: 'nothing-new' });
  expect(job.chain.state()).toMatchObject({ lastSaved: 'finished', pending: [{ step: 'one' }] });
  const files = Object.values(rig.store.files(checkpointKeys(rig.store)[0] ?? ''));
  expect(files.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(2000);
});

test('trouble on this machine is told and lets the store alone for a while', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  rig.temp.write(`temp/savepoint-${job.identity.nonce}/archives/1.tar`, 'this is no archive');
  expect(await saveCheckpoint(CHECKPOINT, savingOf(job))).toMatchObject({ kind: 'failed' });
  expect(job.display.warnings()).toEqual([expect.stringMatching(/; this checkpoint is not saved$/)]);
  expect(job.stores.guard.pauseMs()).toBeGreaterThan(0);
});

test('a checkpoint of nothing does not hide one that could not be used this time', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start({ attempt: 2 });
  const steps = await newSteps(job, { isAfterUnused: true });
  await steps.fail('one');
  expect(await saveCheckpoint(CHECKPOINT, savingOf(job))).toEqual({ kind: 'nothing-new' });
  await steps.done('two', () => rig.write('a'));
  expect(await saveCheckpoint(CHECKPOINT, savingOf(job))).toMatchObject({ kind: 'saved' });
  await steps.fail('three');
  expect(await saveCheckpoint(CHECKPOINT, savingOf(job))).toMatchObject({ kind: 'saved', step: '' });
  const first = rig.start({ env: { INPUT_ID: 'other' } });
  await (await newSteps(first)).fail('one');
  expect(await saveCheckpoint(CHECKPOINT, savingOf(first))).toMatchObject({ kind: 'saved' });
});

test('before there is anything to go on with, nothing is saved', async () => {
  await using rig = newMemoryJobRig();
  expect(await saveCheckpoint({ kind: 'finished', isFinal: true }, savingOf(rig.start()))).toEqual({
    kind: 'nothing-new',
  });
});
