import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import { entryFolder, formatKey, legPrefix, type KeyParts, type LegParts } from '../../checkpoint/checkpoint-key.js';
import type { JobFolder } from '../../machine/job/job-folder.js';
import { newPartFolder, readWholeFile } from '../../machine/job/part-folder.js';
import type { JobIdentity } from '../runner/job-identity.js';
import type { CheckpointStore } from '../store/checkpoint-store.js';
import type { JobStores } from '../store/connect-stores.js';
import { guardedStore } from '../store/guarded-store.js';
import { unavailable, type StoreTrouble } from '../store/store-trouble.js';

/** Options for claiming a leg. */
export type ClaimOptions = Pick<JobStores, 'store' | 'guard'> & {
  readonly identity: JobIdentity;
  readonly folder: JobFolder;
};

/** An attempt to claim a leg: whether it is the last chance in this process, and whether this start has tried before. */
export type ClaimTry = { readonly isFinal: boolean; readonly isRepeated: boolean };

/** Tells the user that two starts save under one name. */
export const AMBIGUOUS =
  'another job or step of this workflow run saves checkpoints under the same name, so none of them can be resumed; give each its own "id" input';

/**
 * Claims a leg for this start in this attempt of the workflow run. Every start saves its claim under the same shared key,
 * and entries of the cache never change, so the first start to save it owns the leg.
 */
export const claimLeg = async (
  options: ClaimOptions,
  { isFinal, isRepeated }: ClaimTry,
): Promise<Result<'ours' | 'of another'>> => {
  const { identity } = options;
  const store = guardedStore(options.store, options.guard, { without: NOT_SAVED, isFinal, mayBeTaken: true });
  const parts: KeyParts = { ...legBeside(identity, 'claim'), attempt: identity.attempt, sequence: 0, nonce: 'claim' };
  const claimed = await saveNote(parts, { isShared: true }, { ...options, store });
  if (claimed.ok) return ok('ours');
  if (claimed.error.kind !== 'taken') return err(claimed.error.message);
  return claimOwner(parts, isRepeated, { ...options, store });
};

/** Leaves a marker for later attempts: more than one start saves under this leg. */
export const markAmbiguous = async (options: ClaimOptions): Promise<Result<void>> => {
  const { identity, guard } = options;
  const { attempt, nonce } = identity;
  const store = guardedStore(options.store, guard, { without: NOT_SAVED, mayBeTaken: true });
  const parts: KeyParts = { ...legBeside(identity, 'ambiguous'), attempt, sequence: 0, nonce };
  const saved = await saveNote(parts, {}, { ...options, store });
  return saved.ok ? ok(undefined) : err(saved.error.message);
};

/** How the keys of these markers begin: not like those of the leg's checkpoints, so no newer checkpoint hides a marker. */
export const ambiguousPrefix = (identity: LegParts): string => legPrefix(legBeside(identity, 'ambiguous'));

/** The name of no leg has a dot, so this is not another leg. */
const legBeside = ({ os, arch, runId, leg }: LegParts, suffix: string): LegParts => ({
  os,
  arch,
  runId,
  leg: `${leg}.${suffix}`,
});

/** The consequence for the user if the store fails during a save. */
export const NOT_SAVED = 'this checkpoint is not saved';

const NAME = 'start';

type Noting = Pick<ClaimOptions, 'identity' | 'folder'> & { readonly store: CheckpointStore };

/** Saves an entry that holds only the nonce of this start. */
const saveNote = async (
  parts: KeyParts,
  shared: { readonly isShared?: true },
  { store, identity, folder }: Noting,
): Promise<Result<void, StoreTrouble>> => {
  const note = newPartFolder(folder.storeFolder, entryFolder(parts));
  if (!note.ok) return err(unavailable(note.error));
  try {
    const written = note.value.store(NAME, identity.nonce);
    if (!written.ok) return err(unavailable(written.error));
    return await store.save({ key: formatKey(parts), ...shared });
  } finally {
    note.value.remove();
  }
};

/** The claim may be ours without our knowing it, if the answer to an earlier try was lost. */
const claimOwner = async (
  parts: KeyParts,
  isRepeated: boolean,
  { store, identity, folder }: Noting,
): Promise<Result<'ours' | 'of another'>> => {
  const missing = await store.download({ keys: [formatKey(parts)] });
  if (!missing.ok) return err(missing.error.message);
  // Reserved but not stored: by an earlier try of ours that was interrupted, or by another start that saves it right now.
  if (missing.value.length > 0) return ok(isRepeated ? 'ours' : 'of another');
  const nonce = readWholeFile(join(folder.storeFolder, 'checkpoint', entryFolder(parts), NAME));
  if (!nonce.ok) return nonce;
  return ok(nonce.value.toString() === identity.nonce ? 'ours' : 'of another');
};
