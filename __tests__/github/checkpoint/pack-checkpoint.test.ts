import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { entryFolder, formatKey, type KeyParts } from '../../../src/checkpoint/checkpoint-key.js';
import { packContent, packSealed, type Part } from '../../../src/github/checkpoint/pack-checkpoint.js';
import { newPartFolder } from '../../../src/machine/job/part-folder.js';
import { valueOf } from '../../machine/temp-folder.js';
import { started } from '../../report/recorded-run.js';
import { newSteps, savingOf, type JobStart } from '../job-rig.js';
import { newMemoryJobRig } from '../memory-job-rig.js';

/** A part for what is pending in a start now. */
const partOf = ({ chain, identity, folder }: JobStart, sequence = 1): Part => {
  const { os, arch, runId, leg, attempt, nonce } = identity;
  const parts: KeyParts = { os, arch, runId, leg, attempt, sequence, nonce };
  const state = chain.state();
  if (state.begun === undefined) throw new Error('a chain that has not begun');
  const made = valueOf(newPartFolder(folder.storeFolder, entryFolder(parts)));
  return { begun: state.begun, state, parts, key: formatKey(parts), folder: made };
};

const SECRET = 'hunter2-and-more';
const options = (job: JobStart) => savingOf(job, { secrets: () => [SECRET] });

test('what is pending, the journal and the baseline become files of the part', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  await steps.done('two');
  const part = partOf(job);
  const content = valueOf(await packContent(part, options(job)));
  expect(content.chain).toMatchObject([{ step: 'one', tree: { key: part.key, name: '000001.tree' } }, { step: 'two' }]);
  expect(content.journal).toMatchObject({ key: part.key, name: 'journal', compression: 'gzip' });
  expect(content.baseline).toMatchObject({ name: 'baseline' });
  expect(readdirSync(part.folder.path).sort()).toEqual(['000001.tree', 'baseline', 'journal']);
});

test('a baseline that is stored is not packed again', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('a'));
  const first = valueOf(await packContent(partOf(job), options(job)));
  const { chain, baseline, journalBytes: journal_bytes } = first;
  job.chain.add({
    type: 'saved',
    chain,
    journal_bytes,
    covered_bytes: 0,
    last_index: 1,
    ...(baseline && { baseline }),
  });
  const part = partOf(job, 2);
  expect(valueOf(await packContent(part, options(job))).baseline).toEqual(baseline);
  expect(readdirSync(part.folder.path)).toEqual(['journal']);
});

test('a file that holds a secret is left out, and its step told of once, however often it is packed', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('token', SECRET));
  await steps.done('two', () => rig.write('b'));
  for (const sequence of [1, 2]) valueOf(await packContent(partOf(job, sequence), options(job)));
  expect(Object.keys(job.chain.state().must_rerun)).toEqual(['one']);
  expect(job.display.warnings()).toEqual([
    'these files hold a secret or cannot be stored and are left out of checkpoints, so "one" runs again on resume: token',
  ]);
});

test('a step that ran beside it may have left the file: both run again', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  steps.run.add(started('constructor'));
  rig.write('token', SECRET);
  await steps.done('one', () => rig.write('a'));
  await steps.done('constructor');
  valueOf(await packContent(partOf(job), options(job)));
  const because = 'it, or a step that ran at the same time, left a file that holds a secret or cannot be stored';
  expect(job.chain.state().must_rerun).toEqual({ one: because, constructor: because });
});

test('a whole archive that lacks a file speaks for the steps whose archives it replaces before they were packed', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('token', SECRET));
  job.chain.add({ type: 'too_large', message: 'large', whole: false });
  await steps.done('two', () => rig.write('b'));
  valueOf(await packContent(partOf(job), options(job)));
  expect(Object.keys(job.chain.state().must_rerun)).toEqual(['one', 'two']);
});

test('it speaks for stored ones too when what it lacks is in them, and not when it was never stored', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  const store = async (sequence: number, secrets: readonly string[]): Promise<void> => {
    const packed = valueOf(await packContent(partOf(job, sequence), savingOf(job, { secrets: () => secrets })));
    const last_index = job.chain.state().lastTaken?.index ?? 0;
    job.chain.add({ type: 'saved', chain: packed.chain, journal_bytes: 0, covered_bytes: 0, last_index });
  };
  await steps.done('one', () => rig.write('token', SECRET));
  await steps.done('two', () => rig.write('other', 'another secret'));
  await store(1, [SECRET]);
  expect(Object.keys(job.chain.state().must_rerun)).toEqual(['one']);
  job.chain.add({ type: 'too_large', message: 'large', whole: false });
  await steps.done('three');
  const whole = partOf(job, 2);
  valueOf(await packContent(whole, options(job)));
  expect(Object.keys(job.chain.state().must_rerun)).toEqual(['one', 'three']);
  valueOf(await packContent(whole, savingOf(job, { secrets: () => [SECRET, 'another secret'] })));
  expect(Object.keys(job.chain.state().must_rerun).sort()).toEqual(['one', 'three', 'two']);
});

test('with a key nothing is left out, and every file is sealed', async () => {
  await using rig = newMemoryJobRig();
  const job = rig.start();
  const steps = await newSteps(job);
  await steps.done('one', () => rig.write('token', SECRET));
  const sealed = { ...options(job), passphrase: 'a long key' };
  const part = partOf(job);
  expect(valueOf(await packContent(part, sealed)).chain).toMatchObject([{ tree: { name: '000001.tree' } }]);
  valueOf(await packSealed({ text: `{"a":"${SECRET}"}`, name: 'manifest.sealed' }, part, sealed));
  expect(job.chain.state().must_rerun).toEqual({});
  for (const name of readdirSync(part.folder.path)) {
    const start = rig.temp.read(
      `temp/savepoint-${job.identity.nonce}/store/checkpoint/${entryFolder(part.parts)}/${name}`,
    );
    expect(start).not.toContain(SECRET);
    expect(start.slice(0, 2)).not.toBe('\x1f\x8b');
  }
});
