import { join } from 'node:path';
import type { JobFolder } from '../../machine/job/job-folder.js';
import { readWholeFile } from '../../machine/job/part-folder.js';
import { filesBelow, gatherRecord } from '../../machine/job/record-folder.js';
import type { JobLogger } from '../log/job-logger.js';
import type { ActionInputs } from '../runner/action-inputs.js';
import type { JobIdentity } from '../runner/job-identity.js';
import type { PostState } from '../runner/post-state.js';
import type { ChainLog } from '../store/chain-log.js';
import type { JobStores } from '../store/connect-stores.js';
import { guardedRecords } from '../store/guarded-store.js';

/** Options for saving a record. */
export type RecordOptions = Pick<JobStores, 'records' | 'guard'> & {
  readonly main: PostState;
  readonly runId: string;
  readonly inputs: Pick<ActionInputs, 'retentionDays'>;
  readonly chain: ChainLog;
  readonly folder: JobFolder;
  readonly logger: JobLogger;
};

/** Saves state, journal and logs as a record: for people, and for a re-run that finds no checkpoint. */
export const saveRecord = async (options: RecordOptions): Promise<void> => {
  const { records, guard, main, runId, inputs, chain, folder, logger } = options;
  const gathered = gatherRecord(folder, main.workDir, runId);
  if (!gathered.ok) {
    logger.warn(`the record of this run is not uploaded: ${gathered.error}`);
    return;
  }
  const root = gathered.value;
  const files = filesBelow(root);
  const name = recordName(main.identity, chain.state().sequence);
  const { retentionDays } = inputs;
  const use = { without: 'the record of this run is not uploaded', isFinal: true };
  const saved = await guardedRecords(records, guard, use).save({
    name,
    files: files.map(({ path }) => path),
    root,
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    ...(retentionDays !== undefined && { retentionDays }),
  });
  if (saved.ok) logger.note(`the record of this run (state, journal, logs) is in the artifact ${name}`);
};

/** Options for finding a record. */
export type FindRecordOptions = Pick<JobStores, 'records' | 'guard'> & {
  readonly identity: JobIdentity;
  /** Absolute: for temporary files. */
  readonly temp: string;
};

/** The journal in the newest record of this leg; undefined if there is none or it cannot be downloaded. */
export const findRecordedJournal = async (options: FindRecordOptions): Promise<Buffer | undefined> => {
  const { guard, identity, temp } = options;
  const records = guardedRecords(options.records, guard, { without: 'every step runs' });
  const listed = await records.list(recordPrefix(identity));
  const newest = listed.ok ? newestOf(listed.value) : undefined;
  if (newest === undefined) return undefined;
  const { name: _, ...record } = newest;
  const folder = join(temp, 'artifact');
  const fetched = await records.download({ ...record, folder });
  const bytes = fetched.ok ? readWholeFile(join(folder, 'journal.jsonl')) : undefined;
  return bytes?.ok === true ? bytes.value : undefined;
};

const newestOf = <T extends { readonly name: string }>(records: readonly T[]): T | undefined =>
  [...records].sort((a, b) => (a.name < b.name ? -1 : 1)).at(-1);

/** How the names of a leg's records begin. */
export const recordPrefix = ({ leg }: Pick<JobIdentity, 'leg'>): string => `savepoint-${leg}-`;

/** Attempt and sequence have a fixed number of digits, so that names sort by age. */
const recordName = (identity: JobIdentity, sequence: number): string => {
  const attempt = String(identity.attempt).padStart(3, '0');
  return `${recordPrefix(identity)}${attempt}-${String(sequence).padStart(6, '0')}-${identity.nonce}`;
};
