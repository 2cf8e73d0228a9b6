import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { err, ok, type Result } from '../../src/base/result.js';
import type { RecordStore, RecordToSave, StoredRecord, WantedRecord } from '../../src/github/store/record-store.js';
import { unavailable, type StoreTrouble } from '../../src/github/store/store-trouble.js';
import type { Clock } from '../../src/run/context/ports.js';
import { TAKEN, writeFiles } from './memory-store.js';
import { newStoreFaults, type StoreFaults } from './store-faults.js';

/** The records of a workflow run, kept in memory. Its attempts share them. */
export type MemoryRecords = StoreFaults<keyof RecordStore> & {
  /** The store of a start in this attempt, which sees the records of earlier attempts too. */
  readonly open: (attempt: number) => RecordStore;
  /** The names of all records, oldest first. */
  readonly names: () => readonly string[];
};

type MemoryRecord = StoredRecord & { readonly attempt: number; readonly files: Readonly<Record<string, Buffer>> };

/** An empty store; hanging calls wait for the deadline on this clock. */
export const newMemoryRecords = (clock: Clock): MemoryRecords => {
  const records: MemoryRecord[] = [];
  const { pass, ...faults } = newStoreFaults<keyof RecordStore>(clock);
  let lastId = 1000;

  const save = (attempt: number, { name, files, root }: RecordToSave): Result<undefined, StoreTrouble> => {
    if (records.some((record) => record.name === name && record.attempt === attempt)) return err(TAKEN);
    const contents = Object.fromEntries(files.map((file) => [relative(root, file), readFileSync(file)]));
    records.push({ name, attempt, id: --lastId, digest: digestOf(contents), files: contents });
    return ok(undefined);
  };
  const download = ({ id, digest, folder }: WantedRecord): Result<undefined, StoreTrouble> => {
    const record = records.find((each) => each.id === id);
    if (record === undefined) return err(unavailable(`no record has the id ${id}`));
    if (digest !== undefined && digest !== record.digest) return err(unavailable('the record is damaged'));
    writeFiles(folder, record.files);
    return ok(undefined);
  };
  return {
    ...faults,
    open: (attempt) => {
      const seen = (prefix: string): readonly StoredRecord[] =>
        records
          .filter((record) => record.attempt <= attempt && record.name.startsWith(prefix))
          .map(({ name, id, digest }) => ({ name, id, ...(digest !== undefined && { digest }) }));
      return {
        list: (prefix, deadlineMs) => pass({ method: 'list', deadlineMs, act: () => ok(seen(prefix)) }),
        download: (wanted, deadlineMs) => pass({ method: 'download', deadlineMs, act: () => download(wanted) }),
        save: (record, deadlineMs) => pass({ method: 'save', deadlineMs, act: () => save(attempt, record) }),
      };
    },
    names: () => records.map(({ name }) => name),
  };
};

const digestOf = (files: Readonly<Record<string, Buffer>>): string => {
  const hash = createHash('sha256');
  for (const [name, content] of Object.entries(files)) hash.update(name).update(content);
  return `sha256:${hash.digest('hex')}`;
};
