import type { Result } from '../../base/result.js';
import type { StoreTrouble } from './store-trouble.js';

/**
 * Keeps records of runs for people, as artifacts of the workflow run. Deadlines, errors and overlapping calls are as in
 * `CheckpointStore`. It lists where that one finds, because neither ids nor times tell which record is the newest: ids do
 * not rise over attempts. The names have to tell it.
 */
export type RecordStore = {
  /** Every record that this attempt can see and whose name begins with `prefix`, in no order. */
  readonly list: (prefix: string, deadlineMs?: number) => Promise<Result<readonly StoredRecord[], StoreTrouble>>;
  /** Puts the files of a record into a folder, made if missing. A record that arrives damaged is an error. */
  readonly download: (wanted: WantedRecord, deadlineMs?: number) => Promise<Result<undefined, StoreTrouble>>;
  /** Stores files as a record. A name that this attempt has used before is `taken`. */
  readonly save: (record: RecordToSave, deadlineMs?: number) => Promise<Result<undefined, StoreTrouble>>;
};

/** A record that can be downloaded. Names may repeat over attempts. */
export type StoredRecord = {
  readonly name: string;
  readonly id: number;
  /** `sha256:` and hex, of the record as it is stored; absent on very old ones. */
  readonly digest?: string;
};

/** A record to download. What arrives is compared with the digest, if there is one. */
export type WantedRecord = Pick<StoredRecord, 'id' | 'digest'> & { readonly folder: string };

/** Files to become a record. Paths are absolute; the names in the record are those below `root`. */
export type RecordToSave = {
  readonly name: string;
  readonly files: readonly string[];
  readonly root: string;
  readonly sizeBytes?: number;
  /** Absent: as the repository is set up. */
  readonly retentionDays?: number;
};
