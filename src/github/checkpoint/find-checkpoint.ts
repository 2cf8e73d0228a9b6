import { join } from 'node:path';
import { err, type Result } from '../../base/result.js';
import { entryFolder, legPrefix, parseKey, type KeyParts } from '../../checkpoint/checkpoint-key.js';
import { decideResume } from '../../checkpoint/decide-resume.js';
import type { Manifest, StoredArchive, StoredFile } from '../../checkpoint/manifest.js';
import { filesOf, parseManifest } from '../../checkpoint/parse-manifest.js';
import type { FileToOpen, RestoreLink } from '../../snapshot/restore/restore-tree.js';
import type { JobIdentity } from '../runner/job-identity.js';
import type { JobStores } from '../store/connect-stores.js';
import { guardedStore } from '../store/guarded-store.js';
import { ambiguousPrefix } from './leg-claim.js';
import { checkpointContextOf, partSeal } from './part-seal.js';

/** Options of a search for a checkpoint. */
export type FindOptions = Pick<JobStores, 'store' | 'guard' | 'archives' | 'passphrase'> & {
  readonly identity: JobIdentity;
  /** The commit that is checked out in the workspace; empty if it is no checkout. */
  readonly commit: string;
  /** The folder of the store. Downloaded entries are below `checkpoint` in it. */
  readonly storeFolder: string;
};

/** The result of a search for a checkpoint. */
export type Finding =
  | { readonly kind: 'none' }
  /** The previous run finished. */
  | { readonly kind: 'finished' }
  /** There is a checkpoint, and why it is not used. */
  | { readonly kind: 'refused'; readonly because: string }
  /** The checkpoint may be that of another job or step. */
  | { readonly kind: 'ambiguous' }
  /** The store could not say whether there is a checkpoint. */
  | { readonly kind: 'unavailable'; readonly because: string }
  /** All parts of the checkpoint are in the store's folder. */
  | { readonly kind: 'found'; readonly checkpoint: FoundCheckpoint };

/** A whole checkpoint that was downloaded. */
export type FoundCheckpoint = {
  readonly manifest: Manifest;
  readonly journal: FileToOpen;
  readonly baseline: FileToOpen | undefined;
  readonly links: readonly RestoreLink[];
};

/** Finds the newest checkpoint of this leg of the workflow run and downloads it, all of it or none. */
export const findCheckpoint = async (given: FindOptions): Promise<Finding> => {
  const store = guardedStore(given.store, given.guard, { without: 'every step runs' });
  const options = { ...given, store };
  const marker = await store.find(ambiguousPrefix(given.identity));
  if (!marker.ok) return { kind: 'unavailable', because: marker.error.message };
  if (marker.value !== undefined) return { kind: 'ambiguous' };
  const latest = await store.find(legPrefix(given.identity));
  if (!latest.ok) return { kind: 'unavailable', because: latest.error.message };
  if (latest.value === undefined) return { kind: 'none' };
  const missing = await store.download({ keys: [latest.value] });
  if (!missing.ok) return { kind: 'unavailable', because: missing.error.message };
  if (missing.value.length > 0) return { kind: 'refused', because: 'it was removed from the cache' };
  const manifest = await readManifest(latest.value, options);
  return manifest.ok ? fetchChain(manifest.value, latest.value, options) : { kind: 'refused', because: manifest.error };
};

const readManifest = async (key: string, options: FindOptions): Promise<Result<Manifest>> => {
  const parts = parseKey(key);
  if (parts === undefined) return err(`its key ${key} is not a key of a checkpoint`);
  const read = await options.archives.readManifest({
    folder: folderOf(parts, options),
    ...partSeal(parts, options.passphrase),
  });
  if (!read.ok) return err(read.error.message);
  if (read.value.problem !== undefined) return err(read.value.problem);
  const manifest = parseManifest(read.value.text);
  if (!manifest.ok) return manifest;
  return isOfKey(manifest.value, parts) ? manifest : err('its manifest belongs to another checkpoint');
};

const isOfKey = ({ attempt, sequence }: Manifest, parts: KeyParts): boolean =>
  attempt === parts.attempt && sequence === parts.sequence;

const folderOf = (parts: KeyParts, { storeFolder }: FindOptions): string =>
  join(storeFolder, 'checkpoint', entryFolder(parts));

const fetchChain = async (manifest: Manifest, latest: string, options: FindOptions): Promise<Finding> => {
  const { store, identity, commit } = options;
  const decision = decideResume(manifest, { ...identity, commit });
  if (decision.kind !== 'usable') return decision;
  if (manifest.journal === undefined) return { kind: 'refused', because: 'it holds no journal' };
  const files = filesOf(manifest);
  const keys = [...new Set(files.map(({ key }) => key))].filter((key) => key !== latest);
  if (keys.length > 0) {
    const missing = await store.download({
      keys,
      sizeBytes: files.reduce((sum, { size_bytes }) => sum + size_bytes, 0),
    });
    if (!missing.ok) return { kind: 'unavailable', because: missing.error.message };
    const gone = missing.value.length;
    if (gone > 0)
      return { kind: 'refused', because: `${gone} of its ${keys.length + 1} parts are gone from the cache` };
  }
  const open = (file: StoredFile): FileToOpen => fileToOpen(file, options);
  return {
    kind: 'found',
    checkpoint: {
      manifest,
      journal: open(manifest.journal),
      baseline: manifest.baseline && open(manifest.baseline),
      links: manifest.chain.map((archive) => linkOf(archive, open)),
    },
  };
};

const linkOf = ({ tree, deleted }: StoredArchive, open: (file: StoredFile) => FileToOpen): RestoreLink => ({
  ...(tree !== undefined && { tree: open(tree) }),
  ...(deleted !== undefined && { deleted: open(deleted) }),
});

/** The manifest was read whole, so the key is one of this leg. */
const fileToOpen = (stored: StoredFile, options: FindOptions): FileToOpen => {
  const parts = parseKey(stored.key);
  const folder = parts === undefined ? options.storeFolder : folderOf(parts, options);
  return {
    file: join(folder, stored.name),
    stored,
    ...(options.passphrase !== undefined &&
      parts !== undefined && { seal: { ...checkpointContextOf(parts), part: stored.name } }),
  };
};
