/**
 * The content of a checkpoint, as stored in its newest part: the journal, and the chain of archives that lead from a fresh
 * checkout to the saved workspace. Property names are those on disk; `docs/format.md` describes them.
 */
export type Manifest = {
  readonly format: 'savepoint-checkpoint';
  readonly version: 1;
  /** `finished`: the run finished, so a re-run starts fresh; the chain is empty. */
  readonly kind: 'checkpoint' | 'finished';
  /** Of the workflow run. */
  readonly run_id: string;
  readonly leg: string;
  /** Of the workflow run, from 1. */
  readonly attempt: number;
  /** Rises with every checkpoint of a leg, over all attempts. */
  readonly sequence: number;
  readonly os: string;
  readonly arch: string;
  /** The commit that was checked out in the workspace; empty without one. */
  readonly commit: string;
  /** Milliseconds since 1970. */
  readonly saved_at: number;
  /** The paths of every machine that added to it, the latest last. */
  readonly machine_paths: readonly MachinePaths[];
  /** The journal up to this checkpoint. Absent on markers. */
  readonly journal?: StoredFile;
  /** GNU tar's listing of the workspace before the first step of the first attempt. Absent on markers. */
  readonly baseline?: StoredFile;
  /** In the order to be applied. */
  readonly chain: readonly StoredArchive[];
  /** Finished steps that must run again on resume, by path, each with the reason. */
  readonly must_rerun: Readonly<Record<string, string>>;
};

/** Absolute paths of one machine that exports and symlinks may point into. */
export type MachinePaths = {
  readonly workspace: string;
  readonly temp: string;
  readonly tool_cache: string;
};

/** A file of a checkpoint, as it is stored: compressed, and sealed where there is an encryption key. */
export type StoredFile = {
  /** Key of the cache entry it lies in. */
  readonly key: string;
  /** Its name there. */
  readonly name: string;
  readonly size_bytes: number;
  /** SHA-256 in hex of the stored bytes. */
  readonly digest: string;
  readonly compression: Compression;
};

/** How the bytes of a stored file were compressed before they were sealed. */
export type Compression = 'zstd' | 'gzip';

/** The changes at one step boundary: files changed since the previous boundary, and deleted names. */
export type StoredArchive = {
  /** The step that had finished. */
  readonly step: string;
  /** A tar archive of new and changed files; absent without changes. */
  readonly tree?: StoredFile;
  /** The deleted names, in the format of `deletions.ts`; absent when there are none. */
  readonly deleted?: StoredFile;
  /** Steps that ran at the same time, whose unfinished work may be in it. */
  readonly concurrent_steps?: readonly string[];
};
