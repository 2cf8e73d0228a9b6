import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import { entryFolder, parseKey } from '../../checkpoint/checkpoint-key.js';
import type { SealKey } from '../../snapshot/sealed/sealed-file.js';
import { partsIn, type StoreFolder } from '../../machine/job/store-folder.js';
import type {
  Answer,
  ArchiveToPack,
  FileToPack,
  Given,
  PartToRead,
  WorkerCall,
  EntryToSave,
} from './worker-protocol.js';
import { unavailable, type StoreTrouble } from './store-trouble.js';
import type { Listen } from './toolkit-output.js';

/** What the worker process does for each call. */
export type WorkerHandlers = {
  readonly [C in WorkerCall]: (given: Given<C>, listen: Listen) => Promise<Result<Answer<C>, StoreTrouble>>;
};

/** The calls as they are done in a store folder, which is the current one. What a call needs is loaded when it first comes. */
export const workerHandlers = (folder: StoreFolder): WorkerHandlers => {
  const keyFor = createKeyring();
  return {
    find: async ({ prefix }, listen) => (await import('./cache-entries.js')).findEntry(prefix, listen),
    download: async ({ keys }, listen) => (await import('./cache-entries.js')).downloadEntries(keys, listen),
    save: (entry, listen) => saveAlone(folder, entry, listen),
    uploadArtifact: async (content, listen) => (await import('./artifact-entries.js')).uploadArtifact(content, listen),
    listArtifacts: async (_given, listen) => (await import('./artifact-entries.js')).listArtifacts(listen),
    downloadArtifact: async (wanted, listen) =>
      (await import('./artifact-entries.js')).downloadArtifact(wanted, listen),
    packArchive: async (archive) => local(await packArchive(archive, keyFor)),
    packFile: async (file) => local(await packFile(file, keyFor)),
    readManifest: async (part) => local(await readManifest(part)),
    unpackFile: async (file) =>
      local(await (await import('../../snapshot/sealed/unpack-file.js')).unpackPlainFile(file)),
    restoreTree: async (job) => ok(await (await import('../../snapshot/restore/restore-tree.js')).restoreTree(job)),
  };
};

const saveAlone = async (
  folder: StoreFolder,
  { key, isShared }: EntryToSave,
  listen: Listen,
): Promise<Result<undefined, StoreTrouble>> => {
  const mixed = whyNotAlone(folder, key);
  if (mixed !== undefined) return err(unavailable(mixed));
  return (await import('./cache-entries.js')).saveEntry({ key, isUnique: isShared !== true }, listen);
};

/** Why what lies in `checkpoint/` is not the part of that key alone; undefined when it is. */
const whyNotAlone = (folder: StoreFolder, key: string): string | undefined => {
  const parts = partsIn(folder);
  if (!parts.ok) return parts.error;
  const read = parseKey(key);
  const isAlone = read !== undefined && parts.value.length === 1 && parts.value[0] === entryFolder(read);
  return isAlone ? undefined : `"${folder.checkpoint}" has to hold the part of ${key} and nothing else`;
};

const packArchive = async (
  { secrets, seal, ...job }: ArchiveToPack,
  keyFor: Keyring,
): Promise<Result<Answer<'packArchive'>>> => {
  const archives = await import('../../snapshot/pack-archive.js');
  const sealing = seal && { seal: { key: await keyFor(seal.passphrase), context: seal.context } };
  return archives.packArchive(job, { secrets, ...sealing });
};

const packFile = async (
  { file, folder, name, compression, seal }: FileToPack,
  keyFor: Keyring,
): Promise<Result<Answer<'packFile'>>> => {
  const { packPlainFile } = await import('../../snapshot/pack-archive.js');
  const sealing = seal && { seal: { key: await keyFor(seal.passphrase), context: { ...seal.context, part: name } } };
  return packPlainFile(file, { target: join(folder, name), compression, ...sealing });
};

const readManifest = async ({ folder, seal }: PartToRead): Promise<Result<Answer<'readManifest'>>> =>
  (await import('../../snapshot/sealed/read-manifest.js')).readManifest(folder, seal);

const local = <T>(result: Result<T>): Result<T, StoreTrouble> => (result.ok ? result : err(unavailable(result.error)));

type Keyring = (passphrase: string) => Promise<SealKey>;

/** Deriving a key is slow on purpose: one per passphrase and process. */
const createKeyring = (): Keyring => {
  const known = new Map<string, Promise<SealKey>>();
  return async (passphrase) => {
    const { deriveSealKey } = await import('../../snapshot/sealed/sealed-file.js');
    const key = known.get(passphrase) ?? deriveSealKey(passphrase);
    known.set(passphrase, key);
    return key;
  };
};
