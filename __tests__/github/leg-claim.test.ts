import { expect, test } from 'vitest';
import { AMBIGUOUS, ambiguousPrefix, claimLeg, markAmbiguous } from '../../src/github/leg-claim.js';
import { errorOf, valueOf } from '../machine/temp-folder.js';
import { newJobRig, savingOf } from './job-rig.js';

test('of several starts that claim a leg one has it, and has it still when it asks again', async () => {
  await using rig = await newJobRig();
  const starts = [rig.start(), rig.start(), rig.start()].map((job) => savingOf(job));
  const claims = await Promise.all(starts.map((start) => claimLeg(start, false)));
  expect(claims.map(valueOf).sort()).toEqual(['of another', 'of another', 'ours']);
  const again = await Promise.all(starts.map((start) => claimLeg(start, false)));
  expect(again).toEqual(claims);
});

test('the next attempt claims it anew, and another leg is another claim', async () => {
  await using rig = await newJobRig();
  const [first, second] = [savingOf(rig.start()), savingOf(rig.start({ attempt: 2 }))];
  const other = { ...first, identity: { ...first.identity, leg: 'f'.repeat(16) } };
  for (const start of [first, second, other]) expect(valueOf(await claimLeg(start, false))).toBe('ours');
});

test('a claim that the store does not answer is trouble, told once', async () => {
  await using rig = await newJobRig();
  rig.github.fault({ on: 'both', kind: 'connection-loss' });
  const job = rig.start();
  expect(errorOf(await claimLeg(savingOf(job), false))).toContain('the cache service');
  expect(job.display.warnings()).toHaveLength(1);
});

test('word that a leg is ambiguous is found by its prefix, whoever left it', async () => {
  await using rig = await newJobRig();
  const start = savingOf(rig.start());
  valueOf(await markAmbiguous(start));
  const keys = (await rig.github.entries()).map(({ key }) => key);
  expect(keys).toEqual([expect.stringMatching(/^savepoint-v1-/)]);
  expect(keys[0]?.startsWith(ambiguousPrefix(start.identity))).toBe(true);
  expect(AMBIGUOUS).toContain('"id" input');
});
