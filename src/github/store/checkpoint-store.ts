import type { Result } from '../../base/result.js';
import type { StoreTrouble } from './store-trouble.js';

/**
 * Keeps the parts of checkpoints, one entry per key.
 *
 * A store works in a folder. The entry of a key is `checkpoint/<entryFolder of the key>` in it: `save` reads the entry
 * from there, `download` puts it there.
 * - **Atomic.** An entry is stored whole or not at all, and it never changes. It may be evicted at any time.
 * - **"Not there" is an answer.** An error says that the store could not be asked, or that what it sent is damaged.
 * - **A save that is ok proves** that the entry is stored. The key holds a nonce that only this start knows, so an entry
 *   found under it is this one, even if an answer was lost. A shared key has no such nonce: only the store's own
 *   confirmation counts, and of several starts that save it, one gets ok and the others `taken`.
 * - **Deadlines.** A call that has no answer by its deadline ends with an error that is `isUnanswered`: it may have been
 *   carried out. Other open calls may end with it. A download gets more time once its size is known. Without a
 *   deadline a call takes as long as it takes.
 * - **Calls may overlap**, but only one `save` at a time, while nothing else touches `checkpoint/`.
 * - No call rejects.
 */
export type CheckpointStore = {
  /** The key of the newest entry whose key begins with `prefix`; undefined if there is none. */
  readonly find: (prefix: string, deadlineMs?: number) => Promise<Result<string | undefined, StoreTrouble>>;
  /** Puts entries into the folder; the keys that have no entry, in the given order. After an error some may be there. */
  readonly download: (wanted: WantedEntries, deadlineMs?: number) => Promise<Result<readonly string[], StoreTrouble>>;
  /** Stores an entry. Refused unless `checkpoint/` holds the folder of that key and nothing else. */
  readonly save: (entry: EntryToSave, deadlineMs?: number) => Promise<Result<undefined, StoreTrouble>>;
};

/** Entries by their exact keys, with their size in all as far as it is known, which gives a guard a longer deadline. */
export type WantedEntries = { readonly keys: readonly string[]; readonly sizeBytes?: number };

/** An entry by its key, with its size. Other starts may choose a shared key too. */
export type EntryToSave = { readonly key: string; readonly sizeBytes?: number; readonly isShared?: true };
