import { describe, expect, test } from 'vitest';
import {
  findRecordedJournal,
  recordPrefix,
  saveRecord,
  type RecordOptions,
} from '../../../src/github/checkpoint/job-record.js';
import { unavailable } from '../../../src/github/store/store-trouble.js';
import { valueOf } from '../../machine/temp-folder.js';
import type { JobStart } from '../job-rig.js';
import { newMemoryJobRig, type MemoryJobRig } from '../memory-job-rig.js';

const UNREACHABLE = unavailable('the artifact service could not be reached');

describe('saving', () => {
  const optionsOf = (rig: MemoryJobRig, job: JobStart): RecordOptions => ({
    ...job.stores,
    main: { version: 1, identity: job.identity, tempDir: rig.temp.at('temp'), workDir: `${rig.workspace}/.work` },
    runId: 'r1',
    inputs: { retentionDays: 3 },
    chain: job.chain,
    folder: job.folder,
    logger: { warn: job.display.warning, note: job.display.note, mask: job.display.secret },
  });

  test('gives the record a name that tells its age', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start({ attempt: 2 });
    rig.temp.write(`temp/savepoint-${job.identity.nonce}/journal.jsonl`, 'the journal');
    rig.write('.work/logs/one.log', 'output of one');
    job.chain.add({ type: 'key_used', sequence: 7 });
    await saveRecord(optionsOf(rig, job));
    const name = `${recordPrefix(job.identity)}002-000007-${job.identity.nonce}`;
    const [record] = valueOf(await job.stores.records.list(''));
    expect(record?.name).toBe(name);
    expect(job.log()).toContain(`is in the artifact ${name}`);
    valueOf(await job.stores.records.download({ id: record?.id ?? 0, folder: rig.temp.at('fetched') }));
    expect([rig.temp.read('fetched/journal.jsonl'), rig.temp.read('fetched/logs/one.log')]).toEqual([
      'the journal',
      'output of one',
    ]);
  });

  test('only warns of a record that cannot be gathered or uploaded', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start();
    const gone = { ...job.folder, folder: rig.temp.at('gone') };
    await saveRecord({ ...optionsOf(rig, job), folder: gone });
    expect(job.display.warnings()).toEqual([
      expect.stringMatching(/^the record of this run is not uploaded: cannot gather/),
    ]);
    rig.records.fault('save', UNREACHABLE);
    await saveRecord(optionsOf(rig, job));
    expect(job.display.warnings()[1]).toMatch(/^the artifact service .*; the record of this run is not uploaded$/);
  });
});

describe('finding', () => {
  const find = async ({ stores, identity, folder }: JobStart): Promise<string | undefined> =>
    (await findRecordedJournal({ ...stores, identity, temp: folder.folder }))?.toString();

  /** Uploads a journal under a name that ends so. */
  const upload = async (rig: MemoryJobRig, { stores, identity }: JobStart, ending: string): Promise<void> => {
    const file = rig.temp.write(`record-${ending}/journal.jsonl`, `journal of ${ending}`);
    const root = rig.temp.at(`record-${ending}`);
    valueOf(await stores.records.save({ name: `${recordPrefix(identity)}${ending}`, files: [file], root }));
  };

  test('takes the newest record of the leg by its name, whenever it was uploaded', async () => {
    await using rig = newMemoryJobRig();
    const first = rig.start();
    for (const ending of ['002-000003-aa', '001-000009-ff', '002-000001-bb']) await upload(rig, first, ending);
    await upload(rig, rig.start({ env: { INPUT_ID: 'other' } }), '009-000001-aa');
    expect(await find(rig.start({ attempt: 2 }))).toBe('journal of 002-000003-aa');
  });

  test('has nothing to say where there is no record', async () => {
    await using rig = newMemoryJobRig();
    const job = rig.start();
    expect(await find(job)).toBeUndefined();
    expect(job.display.warnings()).toEqual([]);
  });

  test('warns of a record that cannot be had', async () => {
    await using rig = newMemoryJobRig();
    await upload(rig, rig.start(), '001-000001-aa');
    for (const method of ['list', 'download'] as const) {
      rig.records.fault(method, UNREACHABLE);
      const job = rig.start({ attempt: 2, env: { INPUT_ID: '' } });
      expect(await find(job)).toBeUndefined();
      expect(job.display.warnings()).toEqual([expect.stringMatching(/^the artifact service .*; every step runs$/)]);
      rig.records.heal();
    }
  });
});
