import { expect, test } from 'vitest';
import { artifactPrefix, findArtifactState } from '../../../src/github/checkpoint/find-artifact-state.js';
import { valueOf } from '../../machine/temp-folder.js';
import { newJobRig, type JobRig, type JobStart } from '../job-rig.js';

const find = async ({ stores, identity, folder }: JobStart): Promise<string | undefined> =>
  (await findArtifactState({ ...stores, identity, temp: folder.folder }))?.toString();

/** Uploads a journal under a name that ends so. */
const upload = async (rig: JobRig, { stores, identity }: JobStart, ending: string): Promise<void> => {
  const file = rig.temp.write(`record-${ending}/journal.jsonl`, `journal of ${ending}`);
  const given = { name: `${artifactPrefix(identity)}${ending}`, files: [file], root: rig.temp.at(`record-${ending}`) };
  valueOf(await stores.store.ask({ call: 'uploadArtifact', given }));
};

test('the newest record of the leg is found by its name, whenever it was uploaded', async () => {
  await using rig = await newJobRig();
  const first = rig.start();
  for (const ending of ['002-000003-aa', '001-000009-ff', '002-000001-bb']) await upload(rig, first, ending);
  await upload(rig, rig.start({ env: { INPUT_ID: 'other' } }), '009-000001-aa');
  expect(await find(rig.start({ attempt: 2 }))).toBe('journal of 002-000003-aa');
});

test('without an artifact there is none, and no trouble', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  expect(await find(job)).toBeUndefined();
  expect(job.display.warnings()).toEqual([]);
});

test('an artifact that cannot be had is told', async () => {
  await using rig = await newJobRig();
  await upload(rig, rig.start(), '001-000001-aa');
  rig.github.fault({ on: 'restore', kind: 'connection-loss' });
  const job = rig.start({ attempt: 2 });
  expect(await find(job)).toBeUndefined();
  expect(job.display.warnings()).toEqual([expect.stringMatching(/^the artifact service .*; every step runs$/)]);
});
