import type { ArchiveScope } from './archive-scope.js';
import type { MachinePaths, StoredArchive, StoredFile } from './manifest.js';

/** A fan-out whose items were reordered: `from` gives each item's previous index, null for a new item. */
export type MovedItems = { readonly step: string; readonly from: readonly (number | null)[] };

/** An archive that was taken on this machine and is not uploaded yet. */
export type TakenArchive = {
  /** From 1, in the order they were taken. */
  readonly index: number;
  readonly step: string;
  /** That step, and others whose files may be in this archive but in no uploaded one. */
  readonly covers: readonly string[];
  /** Absolute paths: the archive as tar wrote it, and tar's listings before and after. */
  readonly tar_file: string;
  /** Absent if the archive holds the whole workspace, because this tar makes no listings. */
  readonly before?: string;
  readonly after?: string;
  readonly size_bytes: number;
  /** Byte names that could not be read. */
  readonly unreadable: readonly string[];
  /** Steps that ran at the same time. */
  readonly concurrent_steps: readonly string[];
  /** Size of the journal when it was taken. */
  readonly journal_bytes: number;
  /** Main knew secrets that `post` does not, so only main can check the archive for them. */
  readonly main_only: boolean;
  /** It holds all changes since the start of the job, so it replaces all earlier archives. */
  readonly whole: boolean;
};

/** An event of the checkpoints of one start of the action; `post` reads them after main, however main ended. */
export type ChainEvent =
  /** Before the first step. */
  | {
      readonly type: 'begun';
      readonly scope: ArchiveScope;
      readonly max_size_bytes: number;
      readonly commit: string;
      readonly machine_paths: readonly MachinePaths[];
      /** Declared secrets that the action's own environment has. */
      readonly secret_names: readonly string[];
      /** Digest of their values, which a later step of the job may change. */
      readonly secrets_digest: string;
      /** The restored archives, still stored under the keys of earlier attempts. */
      readonly restored: readonly StoredArchive[];
      readonly must_rerun: Readonly<Record<string, string>>;
      /** Tar's listing of the workspace before the first attempt: stored already, or a file of this machine. */
      readonly baseline?: StoredFile;
      readonly baseline_file?: string;
      /** The highest sequence number in use. */
      readonly sequence: number;
      /** Size of the restored journal. */
      readonly journal_bytes: number;
      /** An earlier attempt may have left a checkpoint that could not be used; an empty one must not hide it. */
      readonly after_unused: boolean;
    }
  | ({ readonly type: 'taken' } & TakenArchive)
  /** Finished steps that must run again on resume, with the byte names of the files left out of an archive. */
  | {
      readonly type: 'must_rerun';
      readonly steps: readonly string[];
      readonly because: string;
      readonly left_out?: readonly string[];
    }
  /** The list of a fan-out changed; see `moveInChain`. */
  | ({ readonly type: 'items_moved' } & MovedItems)
  /** A key was used, whether or not the upload succeeded. */
  | { readonly type: 'key_used'; readonly sequence: number }
  /** The save under the latest key failed; `is_unsure`: the store may have the entry anyway. */
  | { readonly type: 'not_saved'; readonly is_unsure: boolean }
  | {
      readonly type: 'saved';
      /** How many bytes of the journal are stored. */
      readonly journal_bytes: number;
      /** How many bytes of the journal its archives cover. */
      readonly covered_bytes: number;
      readonly baseline?: StoredFile;
      /** The complete stored chain, and the last archive of this machine in it. */
      readonly chain: readonly StoredArchive[];
      readonly last_index: number;
    }
  /** This start tries to claim the leg; `isOurs`: no other start of this attempt has claimed it. */
  | { readonly type: 'claim'; readonly isOurs: boolean }
  /** An empty marker was saved. */
  | { readonly type: 'marked'; readonly kind: 'finished' | 'ambiguous' }
  /** A checkpoint exceeded the size limit; `whole`: even with a whole archive. */
  | { readonly type: 'too_large'; readonly message: string; readonly whole: boolean }
  /** The store could not be used; the attempt took `cost_ms`. */
  | { readonly type: 'trouble'; readonly cost_ms: number; readonly message: string }
  /** A worker process, which must have ended before `post` acts. */
  | { readonly type: 'store_started'; readonly pid: number; readonly process_start: string }
  /** Main ended. */
  | { readonly type: 'ended'; readonly outcome: 'succeeded' | 'failed' | 'aborted' };

/** The first event of a chain. */
export type ChainStart = Extract<ChainEvent, { readonly type: 'begun' }>;

/** The state that the events add up to. */
export type ChainState = {
  /** Undefined until the workspace is ready for the first step. */
  readonly begun: ChainStart | undefined;
  /** The stored chain. */
  readonly stored: readonly StoredArchive[];
  readonly baseline: StoredFile | undefined;
  /** Archives that are not stored yet, in order; they follow `stored` unless the first one is whole. */
  readonly pending: readonly TakenArchive[];
  /** The latest archive, stored or not; the next one continues from it. */
  readonly lastTaken: TakenArchive | undefined;
  /** Steps of this start that must run again on resume; `mustRerunIn` adds those of earlier starts. */
  readonly must_rerun: Readonly<Record<string, string>>;
  /** The index of the archive taken after each step of this start. */
  readonly renewed: ReadonlyMap<string, number>;
  /** The index of the latest archive of this start that is stored; 0 for none. */
  readonly storedIndex: number;
  /** Byte names of files that were left out of archives. */
  readonly leftOut: readonly string[];
  /** A checkpoint with the pending archives exceeds the size limit; `isFinal`: every later one would too. */
  readonly tooLarge: { readonly message: string; readonly isFinal: boolean } | undefined;
  readonly sequence: number;
  /** A save began and no event reports its end. */
  readonly isSaving: boolean;
  /** A save failed although the store may have the entry, and nothing was saved since. */
  readonly isUnsure: boolean;
  /** How many bytes of the journal are stored with the latest checkpoint. */
  readonly savedJournalBytes: number;
  /** How many bytes of the journal the stored archives cover. */
  readonly storedCoverBytes: number;
  readonly claim: 'none' | 'tried' | 'ours';
  readonly lastSaved: 'checkpoint' | 'finished' | 'ambiguous' | undefined;
  readonly troubleMs: number;
  readonly trouble: string | undefined;
  readonly stores: readonly { readonly pid: number; readonly processStart: string }[];
  readonly ended: 'succeeded' | 'failed' | 'aborted' | undefined;
};
