import { expect, test } from 'vitest';
import { AMBIGUOUS, ambiguousPrefix, claimLeg, markAmbiguous } from '../../../src/github/checkpoint/leg-claim.js';
import { unavailable } from '../../../src/github/store/store-trouble.js';
import { errorOf, valueOf } from '../../machine/temp-folder.js';
import { savingOf } from '../job-rig.js';
import { newMemoryJobRig } from '../memory-job-rig.js';

const FIRST = { isFinal: false, isRepeated: false };

test('of several starts that claim a leg one has it, and has it still when it asks again', async () => {
  await using rig = newMemoryJobRig();
  const starts = [rig.start(), rig.start(), rig.start()].map((job) => savingOf(job));
  const claims = await Promise.all(starts.map((start) => claimLeg(start, FIRST)));
  expect(claims.map(valueOf).sort()).toEqual(['of another', 'of another', 'ours']);
  const again = await Promise.all(starts.map((start) => claimLeg(start, FIRST)));
  expect(again).toEqual(claims);
});

test('the next attempt claims it anew, and another leg is another claim', async () => {
  await using rig = newMemoryJobRig();
  const [first, second] = [savingOf(rig.start()), savingOf(rig.start({ attempt: 2 }))];
  const other = { ...first, identity: { ...first.identity, leg: 'f'.repeat(16) } };
  for (const start of [first, second, other]) expect(valueOf(await claimLeg(start, FIRST))).toBe('ours');
});

test('a claim that the store does not answer is trouble, told once', async () => {
  await using rig = newMemoryJobRig();
  rig.store.fault('save', unavailable('the cache service could not be reached'));
  const job = rig.start();
  expect(errorOf(await claimLeg(savingOf(job), FIRST))).toContain('the cache service');
  expect(job.display.warnings()).toHaveLength(1);
});

test('a claim that was cut off is still ours for who made it, and of another for everybody else', async () => {
  await using rig = newMemoryJobRig();
  const [first, second] = [savingOf(rig.start()), savingOf(rig.start())];
  rig.store.fault('save', 'interrupted');
  expect((await claimLeg(first, FIRST)).ok).toBe(false);
  rig.store.heal();
  const [again, other] = [savingOf(rig.start()), second];
  expect(valueOf(await claimLeg({ ...again, identity: first.identity }, { ...FIRST, isRepeated: true }))).toBe('ours');
  expect(valueOf(await claimLeg(other, FIRST))).toBe('of another');
});

test('word that a leg is ambiguous is found by its prefix, whoever left it', async () => {
  await using rig = newMemoryJobRig();
  const start = savingOf(rig.start());
  valueOf(await markAmbiguous(start));
  const keys = rig.store.keys();
  expect(keys).toEqual([expect.stringMatching(/^savepoint-v1-/)]);
  expect(keys[0]?.startsWith(ambiguousPrefix(start.identity))).toBe(true);
  expect(AMBIGUOUS).toContain('"id" input');
});
