import { err, ok, type Result } from '../base/result.js';
import { formatSize } from '../base/size.js';
import { displayName } from '../checkpoint/byte-name.js';
import {
  chainToKeep,
  coveredBytes,
  storedBytes,
  type ChainStart,
  type ChainState,
  type TakenArchive,
} from '../checkpoint/chain.js';
import { attemptPrefix, entryFolder, formatKey, parseKey, type KeyParts } from '../checkpoint/checkpoint-key.js';
import { storableBytes } from '../checkpoint/covered-journal.js';
import type { Compression, Manifest, StoredArchive, StoredFile } from '../checkpoint/manifest.js';
import { renderManifest } from '../checkpoint/parse-manifest.js';
import type { JobFolder } from '../machine/job-folder.js';
import { newPartFolder, readJournalBytes, type PartFolder } from '../machine/part-folder.js';
import type { ChainLog } from './chain-log.js';
import type { GuardedStore } from './guarded-store.js';
import type { JobIdentity } from './job-identity.js';
import type { Store } from './store-client.js';
import type { Answer, Sealing } from './store-protocol.js';

/** What a checkpoint is made from, in main as in `post`. */
export type SaveOptions = {
  readonly chain: ChainLog;
  readonly store: Store;
  readonly guard: GuardedStore;
  readonly identity: JobIdentity;
  readonly folder: JobFolder;
  readonly compression: Compression;
  /** Everything is sealed with it; undefined: nothing is. */
  readonly passphrase: string | undefined;
  /** Values that no stored file may hold; undefined where not all are known, so that no archive can be checked for them. */
  readonly secrets: (() => readonly string[]) | undefined;
  readonly now: () => number;
  readonly warn: (message: string) => void;
};

/** Which checkpoint is wanted, and whether it is the last chance in this process. */
export type Wanted = { readonly kind: Manifest['kind']; readonly isFinal: boolean };

/** What became of it. `too-large` and `ambiguous` do not get better by trying again. */
export type SaveResult =
  | {
      readonly kind: 'saved';
      /** The last one whose files are in it; empty where none are new. */
      readonly step: string;
      readonly sequence: number;
      readonly bytes: number;
    }
  | { readonly kind: 'marked' }
  | { readonly kind: 'nothing-new' }
  | { readonly kind: 'too-large' | 'ambiguous' | 'failed'; readonly message: string };

/** Stores what is new since the last checkpoint as one entry, with a manifest that makes it a whole checkpoint. */
export const saveCheckpoint = async (wanted: Wanted, options: SaveOptions): Promise<SaveResult> => {
  const state = options.chain.state();
  const pending = options.secrets === undefined ? [] : state.pending;
  if (state.begun === undefined || !hasNews(wanted, { ...state, pending }, options)) return { kind: 'nothing-new' };
  const sequence = state.sequence + 1;
  options.chain.add({ type: 'key_used', sequence });
  const { os, arch, runId, leg, attempt, nonce } = options.identity;
  const parts: KeyParts = { os, arch, runId, leg, attempt, sequence, nonce };
  const clash = await findClash(parts, wanted, options);
  if (!clash.ok) return { kind: 'failed', message: clash.error };
  const kind = clash.value ? 'ambiguous' : wanted.kind;
  const folder = newPartFolder(options.folder.storeFolder, entryFolder(parts));
  if (!folder.ok) return { kind: 'failed', message: folder.error };
  try {
    const saved = await savePart(
      { kind, begun: state.begun, state: { ...state, pending }, parts, folder: folder.value },
      options,
    );
    return clash.value && saved.kind === 'marked' ? { kind: 'ambiguous', message: AMBIGUOUS } : saved;
  } finally {
    folder.value.remove();
  }
};

const AMBIGUOUS =
  'another job or step of this workflow run saves checkpoints under the same name, so nothing of them can be resumed; give each its own "id" input';

/** A marker is new once; a checkpoint when an archive or the journal has grown. */
const hasNews = ({ kind }: Wanted, state: ChainState, { folder }: SaveOptions): boolean => {
  if (kind !== 'checkpoint') return state.lastSaved !== kind;
  if (state.pending.length > 0) return true;
  const journal = readJournalBytes(folder.journalFile);
  return journal.ok && storableBytes(journal.value, coveredBytes(state, [])) > state.savedJournalBytes;
};

/** Whether another start saved under this leg in this attempt. */
const findClash = async (parts: KeyParts, wanted: Wanted, { guard, store }: SaveOptions): Promise<Result<boolean>> => {
  const found = await guard.ask<Answer<'find'>>({
    without: NOT_SAVED,
    bytes: 0,
    isFinal: wanted.isFinal,
    send: (deadlineMs) => store.ask({ call: 'find', given: { prefix: attemptPrefix(parts) }, deadlineMs }),
  });
  if (!found.ok) return err(found.error.message);
  const latest = parseKey(found.value.key ?? '');
  return ok(latest !== undefined && latest.nonce !== parts.nonce);
};

const NOT_SAVED = 'this checkpoint is not saved';

type Part = {
  readonly kind: Manifest['kind'];
  readonly begun: ChainStart;
  readonly state: ChainState;
  readonly parts: KeyParts;
  readonly folder: PartFolder;
};

const savePart = async (part: Part, options: SaveOptions): Promise<SaveResult> => {
  const key = formatKey(part.parts);
  const content = part.kind === 'checkpoint' ? await packContent(part, key, options) : ok(NO_CONTENT);
  if (!content.ok) return { kind: 'failed', message: content.error };
  const { chain, journal, baseline, journalBytes } = content.value;
  const total = chain.reduce((sum, archive) => sum + storedBytes(archive), 0);
  if (total > part.begun.max_size_bytes) return { kind: 'too-large', message: tooLarge(total, part.begun) };
  const manifest = await writeManifest({ ...part, chain, journal, baseline }, options);
  if (!manifest.ok) return { kind: 'failed', message: manifest.error };
  const bytes = part.folder.sizeBytes();
  const saved = await options.guard.ask({
    without: NOT_SAVED,
    bytes,
    send: (deadlineMs) => options.store.ask({ call: 'save', given: { key }, deadlineMs }),
  });
  if (!saved.ok) return { kind: 'failed', message: saved.error.message };
  const { pending } = part.state;
  options.chain.add({
    type: 'saved',
    kind: part.kind,
    chain,
    journal_bytes: journalBytes,
    last_index: part.kind === 'checkpoint' ? (pending.at(-1)?.index ?? 0) : 0,
    ...(baseline !== undefined && { baseline }),
  });
  if (part.kind === 'checkpoint') for (const archive of pending) part.folder.forget(archive.tar_file);
  if (part.kind !== 'checkpoint') return { kind: 'marked' };
  return { kind: 'saved', step: pending.at(-1)?.step ?? '', sequence: part.parts.sequence, bytes };
};

const tooLarge = (total: number, { max_size_bytes }: ChainStart): string =>
  `the checkpoint takes ${formatSize(total)}, more than checkpoint.max_size (${formatSize(max_size_bytes)}); leave files out with checkpoint.exclude, or raise it`;

type Content = {
  readonly chain: readonly StoredArchive[];
  readonly journal?: StoredFile;
  readonly baseline?: StoredFile | undefined;
  readonly journalBytes: number;
};

const NO_CONTENT: Content = { chain: [], journalBytes: 0 };

const packContent = async (part: Part, key: string, options: SaveOptions): Promise<Result<Content>> => {
  const { state, begun, folder } = part;
  const added: StoredArchive[] = [];
  for (const archive of state.pending) {
    const packed = await packArchive(archive, { ...part, key }, options);
    if (!packed.ok) return packed;
    added.push(packed.value);
  }
  const bytes = readJournalBytes(options.folder.journalFile);
  if (!bytes.ok) return bytes;
  const journalBytes = storableBytes(bytes.value, coveredBytes(state, state.pending));
  const journalFile = folder.write('journal.jsonl', bytes.value.subarray(0, journalBytes));
  if (!journalFile.ok) return journalFile;
  const journal = await packPlain({ file: journalFile.value, name: 'journal' }, { ...part, key }, options);
  if (!journal.ok) return journal;
  const baseline = await packBaseline(begun, { ...part, key }, options);
  if (!baseline.ok) return baseline;
  return ok({
    chain: [...chainToKeep(state.stored, state.pending), ...added],
    journal: journal.value,
    baseline: baseline.value,
    journalBytes,
  });
};

type KeyedPart = Part & { readonly key: string };

const packArchive = async (
  archive: TakenArchive,
  { begun, parts, folder, key }: KeyedPart,
  options: SaveOptions,
): Promise<Result<StoredArchive>> => {
  const packed = await options.store.ask({
    call: 'packArchive',
    given: {
      tarFile: archive.tar_file,
      ...(archive.before !== undefined && { before: archive.before }),
      ...(archive.after !== undefined && { after: archive.after }),
      scope: begun.scope,
      unreadable: archive.unreadable,
      folder: folder.path,
      name: String(archive.index).padStart(6, '0'),
      compression: options.compression,
      secrets: options.secrets?.() ?? [],
      ...sealing(parts, options),
    },
  });
  if (!packed.ok) return err(packed.error.message);
  const { tree, deleted, leftOut } = packed.value;
  if (leftOut.length > 0) leaveOut(archive.step, leftOut, options);
  return ok({
    step: archive.step,
    ...(tree !== undefined && { tree: { key, ...tree } }),
    ...(deleted !== undefined && { deleted: { key, ...deleted } }),
    ...(archive.beside.length > 0 && { beside: archive.beside }),
  });
};

const NAMES_SHOWN = 5;

const leaveOut = (step: string, names: readonly string[], { chain, warn }: SaveOptions): void => {
  const shown = names.slice(0, NAMES_SHOWN).map(displayName).join(', ');
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
  warn(`these files hold a secret and are left out of checkpoints, so "${step}" runs again on resume: ${shown}${more}`);
  chain.add({ type: 'unkept', step, because: 'it left a file that holds a secret, which is not stored' });
};

/** Only the passphrase travels; the store process makes keys from it. */
const sealing = (parts: KeyParts, { passphrase }: SaveOptions): { readonly seal?: Sealing } => {
  const { runId: run, leg, attempt, sequence } = parts;
  return passphrase === undefined ? {} : { seal: { passphrase, place: { run, leg, attempt, sequence } } };
};

type Plain = { readonly file: string; readonly name: string };

const packPlain = async (
  { file, name }: Plain,
  { parts, folder, key }: KeyedPart,
  options: SaveOptions,
): Promise<Result<StoredFile>> => {
  const { compression } = options;
  const packed = await options.store.ask({
    call: 'packFile',
    given: { file, folder: folder.path, name, compression, ...sealing(parts, options) },
  });
  return packed.ok ? ok({ key, ...packed.value }) : err(packed.error.message);
};

const packBaseline = async (
  { baseline_file }: ChainStart,
  part: KeyedPart,
  options: SaveOptions,
): Promise<Result<StoredFile | undefined>> => {
  if (part.state.baseline !== undefined || baseline_file === undefined) return ok(part.state.baseline);
  return packPlain({ file: baseline_file, name: 'baseline' }, part, options);
};

type ManifestPart = Part &
  Pick<Content, 'chain'> & { readonly journal: StoredFile | undefined; readonly baseline: StoredFile | undefined };

const writeManifest = async (part: ManifestPart, options: SaveOptions): Promise<Result<unknown>> => {
  const { parts, folder } = part;
  const text = renderManifest(manifestOf(part, options));
  if (options.passphrase === undefined) return folder.store('manifest.json', text);
  const file = folder.write('manifest.json', text);
  if (!file.ok) return file;
  return packPlain({ file: file.value, name: 'manifest.sealed' }, { ...part, key: formatKey(parts) }, options);
};

const manifestOf = (
  { kind, begun, parts, chain, journal, baseline }: ManifestPart,
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
  places: begun.places,
  ...(journal !== undefined && { journal }),
  ...(baseline !== undefined && { baseline }),
  chain,
  unkept: options.chain.state().unkept,
});
