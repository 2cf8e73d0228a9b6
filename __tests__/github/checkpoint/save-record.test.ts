import { expect, test } from 'vitest';
import { artifactPrefix } from '../../../src/github/checkpoint/find-artifact-state.js';
import { saveRecord, type RecordOptions } from '../../../src/github/checkpoint/save-record.js';
import { valueOf } from '../../machine/temp-folder.js';
import { newJobRig, type JobRig, type JobStart } from '../job-rig.js';

const optionsOf = (rig: JobRig, job: JobStart): RecordOptions => ({
  ...job.stores,
  main: { version: 1, identity: job.identity, tempDir: rig.temp.at('temp'), workDir: `${rig.workspace}/.work` },
  runId: 'r1',
  inputs: { retentionDays: 3 },
  chain: job.chain,
  folder: job.folder,
  logger: { warn: job.display.warning, note: job.display.note, mask: job.display.secret },
});

test('the record is an artifact whose name tells its age', async () => {
  await using rig = await newJobRig();
  const job = rig.start({ attempt: 2 });
  rig.temp.write(`temp/savepoint-${job.identity.nonce}/journal.jsonl`, 'the journal');
  rig.write('.work/logs/one.log', 'output of one');
  job.chain.add({ type: 'key_used', sequence: 7 });
  await saveRecord(optionsOf(rig, job));
  const name = `${artifactPrefix(job.identity)}002-000007-${job.identity.nonce}`;
  const [artifact] = valueOf(await job.stores.store.ask({ call: 'listArtifacts', given: undefined }));
  expect(artifact?.name).toBe(name);
  expect(job.log()).toContain(`is in the artifact ${name}`);
  const folder = rig.temp.at('fetched');
  valueOf(await job.stores.store.ask({ call: 'downloadArtifact', given: { id: artifact?.id ?? 0, folder } }));
  expect([rig.temp.read('fetched/journal.jsonl'), rig.temp.read('fetched/logs/one.log')]).toEqual([
    'the journal',
    'output of one',
  ]);
});

test('a record that cannot be gathered or uploaded is told and no more', async () => {
  await using rig = await newJobRig();
  const job = rig.start();
  const gone = { ...job.folder, folder: rig.temp.at('gone') };
  await saveRecord({ ...optionsOf(rig, job), folder: gone });
  expect(job.display.warnings()).toEqual([
    expect.stringMatching(/^the record of this run is not uploaded: cannot gather/),
  ]);
  rig.github.fault({ on: 'save', kind: 'connection-loss' });
  await saveRecord(optionsOf(rig, job));
  expect(job.display.warnings()[1]).toMatch(/^the artifact service .*; the record of this run is not uploaded$/);
});
