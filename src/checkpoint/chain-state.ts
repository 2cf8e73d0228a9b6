import type { ArchiveScope } from './archive-scope.js';
import type { MachinePaths, StoredArchive, StoredFile } from './manifest.js';

/** A fan-out whose items have other places: `from` gives for each item its index before, null for a new one. */
export type MovedItems = { readonly step: string; readonly from: readonly (number | null)[] };

/** An archive that was taken on this machine and is not stored yet. */
export type TakenArchive = {
  /** From 1, in the order they were taken. */
  readonly index: number;
  readonly step: string;
  /** That step, and others whose files may be in this archive but in no stored one. */
  readonly covers: readonly string[];
  /** Absolute paths: the archive as tar wrote it, and tar's listings before and after. */
  readonly tar_file: string;
  /** Absent where all of the workspace is in the archive, because this tar makes no listings. */
  readonly before?: string;
  readonly after?: string;
  readonly size_bytes: number;
  /** Byte names that could not be read. */
  readonly unreadable: readonly string[];
  /** Steps that ran meanwhile. */
  readonly concurrent_steps: readonly string[];
  /** How much of the journal was written when it was taken. */
  readonly journal_bytes: number;
  /** Secrets were known that only main knows; nobody else can say whether it holds one of them. */
  readonly main_only: boolean;
  /** It holds everything since the job's own start and so replaces all archives before it. */
  readonly whole: boolean;
};

/** What happens to the checkpoints of one start of the action; `post` reads it after main, however main ended. */
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
      /** Of their values: a later step of the job may give them others. */
      readonly secrets_digest: string;
      /** What was restored, still stored under the keys of earlier attempts. */
      readonly restored: readonly StoredArchive[];
      readonly must_rerun: Readonly<Record<string, string>>;
      /** Tar's listing of the workspace before the first attempt: stored already, or a file of this machine. */
      readonly baseline?: StoredFile;
      readonly baseline_file?: string;
      /** The highest one that is taken. */
      readonly sequence: number;
      /** How much of the journal was restored. */
      readonly journal_bytes: number;
      /** An earlier attempt may have left a checkpoint that could not be used this time: one of nothing must not hide it. */
      readonly after_unused: boolean;
    }
  | ({ readonly type: 'taken' } & TakenArchive)
  /** Finished steps have to run again on resume; with the byte names of the files that were left out of an archive for it. */
  | {
      readonly type: 'must_rerun';
      readonly steps: readonly string[];
      readonly because: string;
      readonly left_out?: readonly string[];
    }
  /** The list of a fan-out changed; see `moveInChain`. */
  | ({ readonly type: 'items_moved' } & MovedItems)
  /** A key was used up, whether or not the upload succeeded. */
  | { readonly type: 'key_used'; readonly sequence: number }
  /** The save under the latest key failed; `is_unsure`: the store may have it all the same. */
  | { readonly type: 'not_saved'; readonly is_unsure: boolean }
  | {
      readonly type: 'saved';
      /** How much of the journal is stored. */
      readonly journal_bytes: number;
      /** How much of the journal its archives cover. */
      readonly covered_bytes: number;
      readonly baseline?: StoredFile;
      /** The whole chain as it is stored now, and the last archive of this machine in it. */
      readonly chain: readonly StoredArchive[];
      readonly last_index: number;
    }
  /** The leg is about to be claimed for this start; `isOurs`: it is this start's alone in this attempt. */
  | { readonly type: 'claim'; readonly isOurs: boolean }
  /** A marker was saved, which holds nothing. */
  | { readonly type: 'marked'; readonly kind: 'finished' | 'ambiguous' }
  /** A checkpoint was larger than it may be; `whole`: even one that held everything just once. */
  | { readonly type: 'too_large'; readonly message: string; readonly whole: boolean }
  /** The store could not be used; `cost_ms` were lost to that. */
  | { readonly type: 'trouble'; readonly cost_ms: number; readonly message: string }
  /** A process that has to be gone before `post` acts. */
  | { readonly type: 'store_started'; readonly pid: number; readonly process_start: string }
  /** Main came to its end. */
  | { readonly type: 'ended'; readonly outcome: 'succeeded' | 'failed' | 'aborted' };

/** What a chain begins with. */
export type ChainStart = Extract<ChainEvent, { readonly type: 'begun' }>;

/** What the events add up to. */
export type ChainState = {
  /** Undefined until the workspace is ready for the first step. */
  readonly begun: ChainStart | undefined;
  /** The chain as it is stored. */
  readonly stored: readonly StoredArchive[];
  readonly baseline: StoredFile | undefined;
  /** Archives that are not stored, in order; they follow `stored` unless the first of them is a whole one. */
  readonly pending: readonly TakenArchive[];
  /** The latest archive, stored or not: the next one follows it. */
  readonly lastTaken: TakenArchive | undefined;
  /** Steps of this start that have to run again on resume; `mustRerunIn` has those of earlier ones too. */
  readonly must_rerun: Readonly<Record<string, string>>;
  /** The archives that steps of this start left, by index. */
  readonly renewed: ReadonlyMap<string, number>;
  /** The index of the latest archive of this start that is stored; 0 for none. */
  readonly storedIndex: number;
  /** Byte names of files that were left out of archives. */
  readonly leftOut: readonly string[];
  /** A checkpoint with what is pending is larger than it may be; `isFinal`: and so is every later one. */
  readonly tooLarge: { readonly message: string; readonly isFinal: boolean } | undefined;
  readonly sequence: number;
  /** A save began of which nobody told how it ended. */
  readonly isSaving: boolean;
  /** A save failed of which the store may have an entry all the same, and none was saved since. */
  readonly isUnsure: boolean;
  /** How much of the journal is stored with the latest checkpoint. */
  readonly savedJournalBytes: number;
  /** How much of the journal the stored archives cover. */
  readonly storedCoverBytes: number;
  readonly claim: 'none' | 'tried' | 'ours';
  readonly lastSaved: 'checkpoint' | 'finished' | 'ambiguous' | undefined;
  readonly troubleMs: number;
  readonly trouble: string | undefined;
  readonly stores: readonly { readonly pid: number; readonly processStart: string }[];
  readonly ended: 'succeeded' | 'failed' | 'aborted' | undefined;
};
