import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import { entryFolder, formatKey, legPrefix, type KeyParts, type LegParts } from '../../checkpoint/checkpoint-key.js';
import type { JobFolder } from '../../machine/job/job-folder.js';
import { newPartFolder, readWholeFile } from '../../machine/job/part-folder.js';
import type { GuardedStore } from '../store/guarded-store.js';
import type { JobIdentity } from '../runner/job-identity.js';
import type { Store } from '../store/worker-client.js';
import { unavailable, type StoreTrouble } from '../store/store-trouble.js';

/** What a leg is claimed with. */
export type ClaimOptions = {
  readonly store: Store;
  readonly guard: GuardedStore;
  readonly identity: JobIdentity;
  readonly folder: JobFolder;
};

/** A try to claim a leg: the last chance in this process, and not the first of this start. */
export type ClaimTry = { readonly isFinal: boolean; readonly isRepeated: boolean };

/** What a user reads who has two starts under one name. */
export const AMBIGUOUS =
  'another job or step of this workflow run saves checkpoints under the same name, so none of them can be resumed; give each its own "id" input';

/**
 * Claims a leg for this start in this attempt of the workflow run: of all starts that do, one has it. An entry of the
 * cache never changes, and this one has the same key for each of them, so that the first to make it wins.
 */
export const claimLeg = async (
  options: ClaimOptions,
  { isFinal, isRepeated }: ClaimTry,
): Promise<Result<'ours' | 'of another'>> => {
  const { identity } = options;
  const parts: KeyParts = { ...legBeside(identity, 'claim'), attempt: identity.attempt, sequence: 0, nonce: 'claim' };
  const claimed = await saveNote(parts, options, { isFinal, isShared: true });
  if (claimed.ok) return ok('ours');
  return claimed.error.kind === 'taken' ? claimOwner(parts, isRepeated, options) : err(claimed.error.message);
};

/** Leaves word for later attempts that a leg is not of one start alone. */
export const markAmbiguous = async (options: ClaimOptions): Promise<Result<void>> => {
  const { identity } = options;
  const { attempt, nonce } = identity;
  const parts: KeyParts = { ...legBeside(identity, 'ambiguous'), attempt, sequence: 0, nonce };
  const saved = await saveNote(parts, options, {});
  return saved.ok ? ok(undefined) : err(saved.error.message);
};

/** How the keys of such words begin. They are beside those of the leg's checkpoints, so that none of these hides them. */
export const ambiguousPrefix = (identity: LegParts): string => legPrefix(legBeside(identity, 'ambiguous'));

/** A dot is in no leg, so this is no other leg. */
const legBeside = ({ os, arch, runId, leg }: LegParts, suffix: string): LegParts => ({
  os,
  arch,
  runId,
  leg: `${leg}.${suffix}`,
});

/** What goes without an answer of the store while something is saved. */
export const NOT_SAVED = 'this checkpoint is not saved';

const NAME = 'start';

type NoteOptions = { readonly isFinal?: boolean; readonly isShared?: true };

/** Saves an entry that holds nothing but who made it. */
const saveNote = async (
  parts: KeyParts,
  { store, guard, identity, folder }: ClaimOptions,
  { isFinal = false, isShared }: NoteOptions,
): Promise<Result<void, StoreTrouble>> => {
  const key = formatKey(parts);
  const note = newPartFolder(folder.storeFolder, entryFolder(parts));
  if (!note.ok) return err(unavailable(note.error));
  try {
    const written = note.value.store(NAME, identity.nonce);
    if (!written.ok) return err(unavailable(written.error));
    return await guard.ask({
      without: NOT_SAVED,
      bytes: 0,
      isFinal,
      accepts: ['taken'],
      send: (deadlineMs) => store.ask({ call: 'save', given: { key, ...(isShared && { isShared }) }, deadlineMs }),
    });
  } finally {
    note.value.remove();
  }
};

/** An answer that got lost on its way leaves a claim of ours that we do not know of. */
const claimOwner = async (
  parts: KeyParts,
  isRepeated: boolean,
  { store, guard, identity, folder }: ClaimOptions,
): Promise<Result<'ours' | 'of another'>> => {
  const keys = [formatKey(parts)];
  const fetched = await guard.ask({
    without: NOT_SAVED,
    bytes: 0,
    send: (deadlineMs) => store.ask({ call: 'download', given: { keys }, deadlineMs }),
  });
  if (!fetched.ok) return err(fetched.error.message);
  // Reserved, but not there: our own try that was cut off, or another start is at it.
  if (fetched.value.missing.length > 0) return ok(isRepeated ? 'ours' : 'of another');
  const nonce = readWholeFile(join(folder.storeFolder, 'checkpoint', entryFolder(parts), NAME));
  if (!nonce.ok) return nonce;
  return ok(nonce.value.toString() === identity.nonce ? 'ours' : 'of another');
};
