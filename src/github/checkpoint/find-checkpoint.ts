import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import { entryFolder, legPrefix, parseKey, type KeyParts } from '../../checkpoint/checkpoint-key.js';
import { decideResume } from '../../checkpoint/decide-resume.js';
import type { Manifest, StoredArchive, StoredFile } from '../../checkpoint/manifest.js';
import { filesOf, parseManifest } from '../../checkpoint/parse-manifest.js';
import type { FileToOpen, RestoreLink } from '../../snapshot/restore/restore-tree.js';
import type { GuardedStore } from '../store/guarded-store.js';
import type { JobIdentity } from '../runner/job-identity.js';
import { ambiguousPrefix } from './leg-claim.js';
import { partSeal, checkpointContextOf } from './part-seal.js';
import type { Store } from '../store/worker-client.js';
import type { StoreTrouble } from '../store/store-trouble.js';

/** What a search for a checkpoint needs. */
export type FindOptions = {
  readonly store: Store;
  readonly guard: GuardedStore;
  readonly identity: JobIdentity;
  /** That the workspace is a checkout of; empty where it is none. */
  readonly commit: string;
  readonly passphrase: string | undefined;
  /** Of the worker process; entries lie below `checkpoint` in it. */
  readonly storeFolder: string;
};

/** What there is to resume from. */
export type Finding =
  | { readonly kind: 'none' }
  /** The run before came to its end. */
  | { readonly kind: 'finished' }
  /** There is one, and why it is not used. */
  | { readonly kind: 'refused'; readonly because: string }
  /** What there is may be that of another job or step. */
  | { readonly kind: 'ambiguous' }
  /** Whether there is one cannot be said. */
  | { readonly kind: 'unavailable'; readonly because: string }
  /** All of it lies in the store's folder. */
  | { readonly kind: 'found'; readonly checkpoint: FoundCheckpoint };

/** A whole checkpoint that was downloaded. */
export type FoundCheckpoint = {
  readonly manifest: Manifest;
  readonly journal: FileToOpen;
  readonly baseline: FileToOpen | undefined;
  readonly links: readonly RestoreLink[];
};

/** Finds the newest checkpoint of this leg of the workflow run and downloads it, all of it or none. */
export const findCheckpoint = async (options: FindOptions): Promise<Finding> => {
  const word = await newestKey(ambiguousPrefix(options.identity), options);
  if (!word.ok) return { kind: 'unavailable', because: word.error.message };
  if (word.value !== undefined) return { kind: 'ambiguous' };
  const latest = await newestKey(legPrefix(options.identity), options);
  if (!latest.ok) return { kind: 'unavailable', because: latest.error.message };
  if (latest.value === undefined) return { kind: 'none' };
  const fetched = await download([latest.value], options);
  if (!fetched.ok) return { kind: 'unavailable', because: fetched.error.message };
  if (fetched.value.length > 0) return { kind: 'refused', because: 'it was removed from the cache' };
  const manifest = await readManifest(latest.value, options);
  return manifest.ok ? fetchChain(manifest.value, latest.value, options) : { kind: 'refused', because: manifest.error };
};

const newestKey = async (
  prefix: string,
  { store, guard }: FindOptions,
): Promise<Result<string | undefined, StoreTrouble>> => {
  const found = await guard.ask({
    without: NOT_RESUMED,
    bytes: 0,
    send: (deadlineMs) => store.ask({ call: 'find', given: { prefix }, deadlineMs }),
  });
  return found.ok ? ok(found.value.key) : found;
};

const NOT_RESUMED = 'every step runs';

/** The keys that are not there. */
const download = async (
  keys: readonly string[],
  { store, guard }: FindOptions,
  bytes = 0,
): Promise<Result<readonly string[], StoreTrouble>> => {
  if (keys.length === 0) return ok([]);
  const answer = await guard.ask({
    without: NOT_RESUMED,
    bytes,
    send: (deadlineMs) => store.ask({ call: 'download', given: { keys }, deadlineMs }),
  });
  return answer.ok ? ok(answer.value.missing) : answer;
};

const readManifest = async (key: string, options: FindOptions): Promise<Result<Manifest>> => {
  const parts = parseKey(key);
  if (parts === undefined) return err(`its key ${key} is not one of ours`);
  const read = await options.store.ask({
    call: 'readManifest',
    given: {
      folder: folderOf(parts, options),
      ...partSeal(parts, options.passphrase),
    },
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
  const { identity, commit } = options;
  const decision = decideResume(manifest, { ...identity, commit });
  if (decision.kind !== 'usable') return decision;
  if (manifest.journal === undefined) return { kind: 'refused', because: 'it holds no journal' };
  const files = filesOf(manifest);
  const others = [...new Set(files.map(({ key }) => key))].filter((key) => key !== latest);
  const bytes = files.reduce((sum, { size_bytes }) => sum + size_bytes, 0);
  const missing = await download(others, options, bytes);
  if (!missing.ok) return { kind: 'unavailable', because: missing.error.message };
  if (missing.value.length > 0) {
    return {
      kind: 'refused',
      because: `${missing.value.length} of its ${others.length + 1} parts are gone from the cache`,
    };
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
