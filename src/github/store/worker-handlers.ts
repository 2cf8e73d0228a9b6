import { err, type Result } from '../../base/result.js';
import { entryFolder, parseKey } from '../../checkpoint/checkpoint-key.js';
import { partsIn, type StoreFolder } from '../../machine/job/store-folder.js';
import type { EntryToSave } from './checkpoint-store.js';
import { localArchives } from './local-archives.js';
import type { Answer, Given, WorkerCall } from './worker-protocol.js';
import { unavailable, type StoreTrouble } from './store-trouble.js';
import type { Listen } from './toolkit-output.js';

/** A handler for each call to the worker process. */
export type WorkerHandlers = {
  readonly [C in WorkerCall]: (given: Given<C>, listen: Listen) => Promise<Answer<C>>;
};

/** The calls, carried out in a store folder, which is the current folder. Modules are loaded when they are first needed. */
export const workerHandlers = (folder: StoreFolder): WorkerHandlers => ({
  ...localArchives(),
  find: async (prefix, listen) => (await import('./cache-entries.js')).findEntry(prefix, listen),
  download: async ({ keys }, listen) => (await import('./cache-entries.js')).downloadEntries(keys, listen),
  save: (entry, listen) => saveAlone(folder, entry, listen),
  listRecords: async (prefix, listen) => (await import('./artifact-entries.js')).listArtifacts(prefix, listen),
  downloadRecord: async (wanted, listen) => (await import('./artifact-entries.js')).downloadArtifact(wanted, listen),
  saveRecord: async (record, listen) => (await import('./artifact-entries.js')).uploadArtifact(record, listen),
});

const saveAlone = async (
  folder: StoreFolder,
  entry: EntryToSave,
  listen: Listen,
): Promise<Result<undefined, StoreTrouble>> => {
  const mixed = whyNotAlone(folder, entry.key);
  if (mixed !== undefined) return err(unavailable(mixed));
  return (await import('./cache-entries.js')).saveEntry(entry, listen);
};

/** Why `checkpoint/` holds anything but the part of that key; undefined if it holds that alone. */
const whyNotAlone = (folder: StoreFolder, key: string): string | undefined => {
  const parts = partsIn(folder);
  if (!parts.ok) return parts.error;
  const read = parseKey(key);
  const isAlone = read !== undefined && parts.value.length === 1 && parts.value[0] === entryFolder(read);
  return isAlone ? undefined : `"${folder.checkpoint}" has to hold the part of ${key} and nothing else`;
};
