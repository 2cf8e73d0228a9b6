import { err, ok, type Result } from '../../base/result.js';
import { formatSize } from '../../base/size.js';
import { coveredBytes, filesInUse, storedBytes, mustRerunIn, whyTooLarge } from '../../checkpoint/chain.js';
import type { ChainStart, ChainState } from '../../checkpoint/chain-state.js';
import { entryFolder, formatKey, legPrefix, parseKey, type KeyParts } from '../../checkpoint/checkpoint-key.js';
import { coverOf } from '../../checkpoint/covered-journal.js';
import type { Manifest } from '../../checkpoint/manifest.js';
import { renderManifest } from '../../checkpoint/parse-manifest.js';
import { removeArchives } from '../../machine/job/job-folder.js';
import { newPartFolder, readJournalBytes } from '../../machine/job/part-folder.js';
import type { JobStores } from '../store/connect-stores.js';
import { guardedStore } from '../store/guarded-store.js';
import type { JobIdentity } from '../runner/job-identity.js';
import { AMBIGUOUS, claimLeg, markAmbiguous, NOT_SAVED } from './leg-claim.js';
import { packContent, packSealed, type Content, type PackOptions, type Part } from './pack-checkpoint.js';

/** Options for saving a checkpoint, in main and in `post`. */
export type SaveOptions = PackOptions &
  Pick<JobStores, 'store' | 'guard'> & {
    readonly identity: JobIdentity;
    readonly now: () => number;
  };

/** Which checkpoint is wanted, and whether it is the last chance in this process. */
export type Wanted = { readonly kind: 'checkpoint' | 'finished'; readonly isFinal: boolean };

/** The result of saving a checkpoint. */
export type SaveResult =
  | {
      readonly kind: 'saved';
      /** The last step whose files are new in it; empty if there is none. */
      readonly step: string;
      readonly sequence: number;
      readonly bytes: number;
    }
  | { readonly kind: 'marked' }
  | { readonly kind: 'nothing-new' }
  /** `isRecordSaved`: at least the journal is stored; the steps of the archives run again. */
  | { readonly kind: 'too-large'; readonly message: string; readonly isRecordSaved: boolean }
  | { readonly kind: 'ambiguous' | 'failed'; readonly message: string };

/**
 * Stores what is new since the last checkpoint as one entry, with a manifest that makes it a whole checkpoint. Only one
 * call may be under way. Archives that were not stored are kept for the next call; files that are no longer needed are
 * removed. If the archives are too large, the final checkpoint stores the journal without them.
 */
export const saveCheckpoint = async (wanted: Wanted, options: SaveOptions): Promise<SaveResult> => {
  const now = options.chain.state();
  const state = options.secrets === undefined ? { ...now, pending: [] } : now;
  const { begun } = state;
  if (begun === undefined) return { kind: 'nothing-new' };
  if (state.lastSaved === 'ambiguous') return { kind: 'ambiguous', message: AMBIGUOUS };
  try {
    const result = await saveState({ wanted, begun, state }, options);
    if (result.kind !== 'too-large' || !wanted.isFinal) return result;
    const record = await saveState({ wanted, begun, state: { ...options.chain.state(), pending: [] } }, options);
    return { ...result, isRecordSaved: record.kind === 'saved' };
  } finally {
    const { chain, folder } = options;
    removeArchives(folder, chain.state().lastTaken?.index ?? 0, filesInUse(chain.state()));
  }
};

type News = { readonly wanted: Wanted; readonly begun: ChainStart; readonly state: ChainState };

const saveState = async (news: News, options: SaveOptions): Promise<SaveResult> => {
  const { wanted, state } = news;
  if (!hasNews(wanted, state, options)) return { kind: 'nothing-new' };
  const isWithArchives = wanted.kind === 'checkpoint' && state.pending.length > 0;
  const message = isWithArchives ? whyTooLarge(state) : undefined;
  return message === undefined ? saveNews(news, options) : { kind: 'too-large', message, isRecordSaved: false };
};

/** A marker is new once. A checkpoint is new if there is an archive or the journal has grown, unless it would hide an unused one. */
const hasNews = ({ kind }: Wanted, state: ChainState, { folder }: SaveOptions): boolean => {
  if (kind !== 'checkpoint') return state.lastSaved !== kind;
  if (state.pending.length > 0) return true;
  if (state.stored.length === 0 && state.begun?.after_unused === true) return false;
  const journal = readJournalBytes(folder.journalFile);
  return journal.ok && coverOf(journal.value, coveredBytes(state, [])).wholeBytes > state.savedJournalBytes;
};

const saveNews = async ({ wanted, begun, state }: News, options: SaveOptions): Promise<SaveResult> => {
  const { chain, identity } = options;
  const claim = await claimOnce(wanted, options);
  if (!claim.ok) return { kind: 'failed', message: claim.error };
  if (claim.value === 'of another') return leaveAmbiguous(options);
  const latest = await findLatest(wanted, options);
  if (!latest.ok) return { kind: 'failed', message: latest.error };
  const sequence = Math.max(state.sequence, latest.value?.sequence ?? 0) + 1;
  chain.add({ type: 'key_used', sequence });
  const { os, arch, runId, leg, attempt, nonce } = identity;
  const parts: KeyParts = { os, arch, runId, leg, attempt, sequence, nonce };
  const folder = newPartFolder(options.folder.storeFolder, entryFolder(parts));
  if (!folder.ok) return failedHere(folder.error, options);
  const part = { begun, state, parts, key: formatKey(parts), folder: folder.value };
  try {
    return wanted.kind === 'finished' ? await saveFinished(part, options) : await savePart(part, options);
  } finally {
    folder.value.remove();
  }
};

const claimOnce = async ({ isFinal }: Wanted, options: SaveOptions): Promise<Result<'ours' | 'of another'>> => {
  const { chain } = options;
  const { claim } = chain.state();
  if (claim === 'ours') return ok('ours');
  chain.add({ type: 'claim', isOurs: false });
  const claimed = await claimLeg(options, { isFinal, isRepeated: claim === 'tried' });
  if (claimed.ok && claimed.value === 'ours') chain.add({ type: 'claim', isOurs: true });
  return claimed;
};

/** The key of the newest entry of this leg, of any attempt. */
const findLatest = async (
  { isFinal }: Wanted,
  { guard, store, identity }: SaveOptions,
): Promise<Result<KeyParts | undefined>> => {
  const found = await guardedStore(store, guard, { without: NOT_SAVED, isFinal }).find(legPrefix(identity));
  return found.ok ? ok(parseKey(found.value ?? '')) : err(found.error.message);
};

/** The stores did not fail, so the guard has not reported this yet. */
const failedHere = (message: string, { guard, chain }: SaveOptions): SaveResult => {
  guard.complain(message, NOT_SAVED);
  chain.add({ type: 'not_saved', is_unsure: false });
  return { kind: 'failed', message };
};

/** Another start saves under this leg in this attempt, so later attempts must not trust its checkpoints. */
const leaveAmbiguous = async (options: SaveOptions): Promise<SaveResult> => {
  const marked = await markAmbiguous(options);
  if (!marked.ok) return { kind: 'failed', message: marked.error };
  options.chain.add({ type: 'marked', kind: 'ambiguous' });
  options.warn(AMBIGUOUS);
  return { kind: 'ambiguous', message: AMBIGUOUS };
};

const saveFinished = async (part: Part, options: SaveOptions): Promise<SaveResult> => {
  const manifest = await writeManifest({ kind: 'finished', part, chain: [], uncovered: [] }, options);
  if (!manifest.ok) return failedHere(manifest.error, options);
  const sent = await send(part, options);
  if (!sent.ok) return { kind: 'failed', message: sent.error };
  options.chain.add({ type: 'marked', kind: 'finished' });
  return { kind: 'marked' };
};

const savePart = async (part: Part, options: SaveOptions): Promise<SaveResult> => {
  const { pending } = part.state;
  const packed = await packContent(part, options);
  if (!packed.ok) return failedHere(packed.error, options);
  const { journalBytes, ...content } = packed.value;
  const total = content.chain.reduce((sum, archive) => sum + storedBytes(archive), 0);
  if (total > part.begun.max_size_bytes) return refuseSize(total, part, options);
  const manifest = await writeManifest({ kind: 'checkpoint', part, ...content }, options);
  if (!manifest.ok) return failedHere(manifest.error, options);
  const sent = await send(part, options);
  if (!sent.ok) return { kind: 'failed', message: sent.error };
  options.chain.add({
    type: 'saved',
    chain: content.chain,
    journal_bytes: journalBytes,
    covered_bytes: coveredBytes(part.state, pending),
    last_index: pending.at(-1)?.index ?? 0,
    ...(content.baseline !== undefined && { baseline: content.baseline }),
  });
  return { kind: 'saved', step: pending.at(-1)?.step ?? '', sequence: part.parts.sequence, bytes: sent.value };
};

/** Its size in bytes, once it is stored. */
const send = async ({ key, folder }: Part, { guard, store, chain }: SaveOptions): Promise<Result<number>> => {
  const sizeBytes = folder.sizeBytes();
  const saved = await guardedStore(store, guard, { without: NOT_SAVED }).save({ key, sizeBytes });
  if (saved.ok) return ok(sizeBytes);
  chain.add({ type: 'not_saved', is_unsure: saved.error.isUnanswered === true });
  return err(saved.error.message);
};

const refuseSize = (total: number, { begun, state }: Part, { chain, warn }: SaveOptions): SaveResult => {
  const limit = formatSize(begun.max_size_bytes);
  const message = `the checkpoint takes ${formatSize(total)}, more than checkpoint.max_size (${limit}); leave files out with checkpoint.exclude, or raise it`;
  if (state.tooLarge === undefined) warn(message);
  chain.add({ type: 'too_large', message, whole: state.pending[0]?.whole === true });
  return { kind: 'too-large', message, isRecordSaved: false };
};

type ManifestOf = { readonly kind: Manifest['kind']; readonly part: Part } & Pick<Content, 'chain' | 'uncovered'> &
  Partial<Pick<Content, 'journal' | 'baseline'>>;

const writeManifest = async (of: ManifestOf, options: SaveOptions): Promise<Result<unknown>> => {
  const text = renderManifest(manifestOf(of, options));
  if (options.passphrase === undefined) return of.part.folder.store('manifest.json', text);
  return packSealed({ text, name: 'manifest.sealed' }, of.part, options);
};

const manifestOf = (
  { kind, part: { begun, parts, state }, chain, uncovered, journal, baseline }: ManifestOf,
  options: SaveOptions,
): Manifest => ({
  format: 'savepoint-checkpoint',
  version: 1,
  kind,
  run_id: parts.runId,
  leg: parts.leg,
  attempt: parts.attempt,
  sequence: parts.sequence,
  os: parts.os,
  arch: parts.arch,
  commit: begun.commit,
  saved_at: options.now(),
  machine_paths: begun.machine_paths,
  ...(journal !== undefined && { journal }),
  ...(baseline !== undefined && { baseline }),
  chain,
  must_rerun: {
    ...Object.fromEntries(uncovered.map((step) => [step, UNCOVERED])),
    ...mustRerunIn(options.chain.state(), state.pending),
  },
});

const UNCOVERED = 'what it left was not saved';
