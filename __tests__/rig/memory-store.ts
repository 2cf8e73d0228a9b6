import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../../src/base/result.js';
import { entryFolder, parseKey } from '../../src/checkpoint/checkpoint-key.js';
import type { CheckpointStore, EntryToSave } from '../../src/github/store/checkpoint-store.js';
import { unavailable, type StoreTrouble } from '../../src/github/store/store-trouble.js';
import type { Clock } from '../../src/run/context/ports.js';
import { newStoreFaults, type StoreFaults } from './store-faults.js';

/** The checkpoints of a repository, kept in memory. Several starts share them, each with a folder of its own. */
export type MemoryStore = StoreFaults<keyof CheckpointStore> & {
  /** The store of a start that works in this folder. */
  readonly open: (folder: string) => CheckpointStore;
  /** The keys of all entries, oldest first. */
  readonly keys: () => readonly string[];
  /** The files of an entry by their names. */
  readonly files: (key: string) => Readonly<Record<string, Buffer>>;
  /** Takes away an entry, as a cache does that runs out of room. */
  readonly evict: (key: string) => void;
  /** Cuts an entry in half: a download of it is an error. */
  readonly truncate: (key: string) => void;
  /** Changes a file of an entry, so that the store does not notice. */
  readonly rewrite: (key: string, file: string, change: (content: Buffer) => Buffer) => void;
};

type Entry = { readonly files: Record<string, Buffer>; isTruncated: boolean };

/** An empty store; hanging calls wait for the deadline on this clock. */
export const newMemoryStore = (clock: Clock): MemoryStore => {
  const entries = new Map<string, Entry>();
  const reserved = new Set<string>();
  const { pass, ...faults } = newStoreFaults<keyof CheckpointStore>(clock);

  const entryOf = (key: string): Entry => {
    const entry = entries.get(key);
    if (entry === undefined) throw new Error(`no entry has the key ${key}`);
    return entry;
  };
  const save = (root: string, { key, isShared }: EntryToSave): Result<undefined, StoreTrouble> => {
    const parts = parseKey(key);
    const folder = parts && entryFolder(parts);
    const [only, ...others] = listFolder(root);
    if (folder === undefined || only !== folder || others.length > 0)
      return err(unavailable(`"${root}" has to hold the part of ${key} and nothing else`));
    if (reserved.has(key)) return err(TAKEN);
    if (entries.has(key)) return isShared === true ? err(TAKEN) : ok(undefined);
    entries.set(key, { files: readFiles(join(root, folder)), isTruncated: false });
    return ok(undefined);
  };
  const download = (root: string, keys: readonly string[]): Result<readonly string[], StoreTrouble> => {
    for (const key of keys) {
      const [entry, parts] = [entries.get(key), parseKey(key)];
      if (entry === undefined || parts === undefined) continue;
      if (entry.isTruncated) return err(unavailable('the entry is damaged'));
      writeFiles(join(root, entryFolder(parts)), entry.files);
    }
    return ok(keys.filter((key) => !entries.has(key)));
  };
  return {
    ...faults,
    open: (folder) => {
      const root = join(folder, 'checkpoint');
      const newest = (prefix: string): string | undefined =>
        [...entries.keys()].findLast((key) => key.startsWith(prefix));
      return {
        find: (prefix, deadlineMs) => pass({ method: 'find', deadlineMs, act: () => ok(newest(prefix)) }),
        download: ({ keys }, deadlineMs) => pass({ method: 'download', deadlineMs, act: () => download(root, keys) }),
        save: (entry, deadlineMs) =>
          pass({
            method: 'save',
            deadlineMs,
            act: () => save(root, entry),
            interrupt: () => reserved.add(entry.key),
          }),
      };
    },
    keys: () => [...entries.keys()],
    files: (key) => entryOf(key).files,
    evict: (key) => void entries.delete(key),
    truncate: (key) => void (entryOf(key).isTruncated = true),
    rewrite: (key, file, change) => {
      const { files } = entryOf(key);
      files[file] = change(files[file] ?? Buffer.alloc(0));
    },
  };
};

/** What a store says of a name that is in use. */
export const TAKEN: StoreTrouble = { kind: 'taken', message: 'the store already has an entry of that name' };

const listFolder = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

/** The files below a folder, by their names relative to it. */
export const readFiles = (folder: string): Record<string, Buffer> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path.slice(folder.length + 1), readFileSync(path)]),
  );

/** Makes a folder hold these files and nothing else. */
export const writeFiles = (folder: string, files: Readonly<Record<string, Buffer | string>>): void => {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
};
