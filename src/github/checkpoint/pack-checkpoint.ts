import { err, ok, type Result } from '../../base/result.js';
import { displayName } from '../../checkpoint/tar/byte-name.js';
import { blame, chainToKeep, coveredBytes } from '../../checkpoint/chain.js';
import type { ChainStart, ChainState, TakenArchive } from '../../checkpoint/chain-state.js';
import type { KeyParts } from '../../checkpoint/checkpoint-key.js';
import { coverOf } from '../../checkpoint/covered-journal.js';
import type { Compression, StoredArchive, StoredFile } from '../../checkpoint/manifest.js';
import type { JobFolder } from '../../machine/job/job-folder.js';
import { readJournalBytes, type PartFolder } from '../../machine/job/part-folder.js';
import type { ChainLog } from '../store/chain-log.js';
import { partSeal } from './part-seal.js';
import type { ArchiveWorker } from '../store/archive-worker.js';

/** Options for packing a part. */
export type PackOptions = {
  readonly chain: ChainLog;
  readonly archives: ArchiveWorker;
  readonly folder: JobFolder;
  readonly compression: Compression;
  /** Seals all files; undefined: nothing is sealed. */
  readonly passphrase: string | undefined;
  /** Values that no stored file may hold; undefined where not all are known, so that no archive can be checked for them. */
  readonly secrets: (() => readonly string[]) | undefined;
  readonly warn: (message: string) => void;
};

/** The part of a checkpoint that is being put together. */
export type Part = {
  readonly begun: ChainStart;
  /** The state when the part was begun: its `pending` archives are packed. */
  readonly state: ChainState;
  readonly parts: KeyParts;
  readonly key: string;
  readonly folder: PartFolder;
};

/** The files of a checkpoint. Those that are new are packed into the folder of the part. */
export type Content = {
  readonly chain: readonly StoredArchive[];
  readonly journal: StoredFile;
  readonly baseline: StoredFile | undefined;
  /** How much of the journal is in it. */
  readonly journalBytes: number;
  /** Steps that finished according to the journal, but whose files are in no archive. */
  readonly uncovered: readonly string[];
};

/** Packs the pending archives, the current journal, and the baseline once. */
export const packContent = async (part: Part, options: PackOptions): Promise<Result<Content>> => {
  const { state } = part;
  const added: StoredArchive[] = [];
  for (const archive of state.pending) {
    const packed = await packArchive(archive, part, options);
    if (!packed.ok) return packed;
    added.push(packed.value);
  }
  const journal = await packJournal(part, options);
  if (!journal.ok) return journal;
  const baseline = await packBaseline(part, options);
  if (!baseline.ok) return baseline;
  const chain = [...chainToKeep(state.stored, state.pending), ...added];
  return ok({ chain, ...journal.value, baseline: baseline.value });
};

/** Puts a text into the part under that name, sealed. */
export const packSealed = async (
  { text, name }: { readonly text: string; readonly name: string },
  part: Part,
  options: PackOptions,
): Promise<Result<StoredFile>> => {
  const file = part.folder.write(name, text);
  return file.ok ? packPlain({ file: file.value, name }, part, options) : file;
};

const packArchive = async (
  archive: TakenArchive,
  { begun, parts, folder, key, state }: Part,
  options: PackOptions,
): Promise<Result<StoredArchive>> => {
  const packed = await options.archives.packArchive({
    tarFile: archive.tar_file,
    ...(archive.before !== undefined && { before: archive.before }),
    ...(archive.after !== undefined && { after: archive.after }),
    scope: begun.scope,
    unreadable: archive.unreadable,
    folder: folder.path,
    name: String(archive.index).padStart(6, '0'),
    compression: options.compression,
    secrets: options.secrets?.() ?? [],
    ...partSeal(parts, options.passphrase),
  });
  if (!packed.ok) return err(packed.error.message);
  const { tree, deleted, leftOut } = packed.value;
  if (leftOut.length > 0) leaveOut(leftOut, { archive, stored: state.stored }, options);
  return ok({
    step: archive.step,
    ...(tree !== undefined && { tree: { key, ...tree } }),
    ...(deleted !== undefined && { deleted: { key, ...deleted } }),
    ...(archive.concurrent_steps.length > 0 && { concurrent_steps: archive.concurrent_steps }),
  });
};

type LeftBy = { readonly archive: TakenArchive; readonly stored: readonly StoredArchive[] };

const NAMES_SHOWN = 5;
const LEFT_OUT = 'left a file that holds a secret or cannot be stored';

/** An archive may be packed again because it could not be saved; then nothing is reported again. */
const leaveOut = (names: readonly string[], leftBy: LeftBy, { chain, warn }: PackOptions): void => {
  const { must_rerun, leftOut } = chain.state();
  const known = new Set(leftOut);
  const fresh = names.filter((name) => !known.has(name));
  const steps = stepsToRepeat(leftBy, fresh.length > 0);
  if (fresh.length === 0 && steps.every((step) => Object.hasOwn(must_rerun, step))) return;
  const because = `${blame(leftBy.archive.concurrent_steps)} ${LEFT_OUT}`;
  chain.add({ type: 'must_rerun', steps, because, left_out: fresh });
  const shown = names.slice(0, NAMES_SHOWN).map(displayName).join(', ');
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
  const again = steps.length > 1 ? 'run' : 'runs';
  const quoted = steps.map((step) => `"${step}"`).join(', ');
  warn(
    `these files hold a secret or cannot be stored and are left out of checkpoints, so ${quoted} ${again} again on resume: ${shown}${more}`,
  );
};

/** A whole archive replaces stored ones: a file that it lacks for the first time may be from any of their steps. */
const stepsToRepeat = ({ archive, stored }: LeftBy, isNews: boolean): readonly string[] => {
  const replaced = archive.whole && isNews ? stored.map(({ step }) => step) : [];
  return [...new Set([...replaced, ...archive.covers, ...archive.concurrent_steps])];
};

const packJournal = async (
  part: Part,
  options: PackOptions,
): Promise<Result<Pick<Content, 'journal' | 'journalBytes' | 'uncovered'>>> => {
  const { state, folder } = part;
  const bytes = readJournalBytes(options.folder.journalFile);
  if (!bytes.ok) return bytes;
  const { wholeBytes, uncovered } = coverOf(bytes.value, coveredBytes(state, state.pending));
  const file = folder.write('journal', bytes.value.subarray(0, wholeBytes));
  if (!file.ok) return file;
  const journal = await packPlain({ file: file.value, name: 'journal' }, part, options);
  return journal.ok ? ok({ journal: journal.value, journalBytes: wholeBytes, uncovered }) : journal;
};

const packBaseline = async (part: Part, options: PackOptions): Promise<Result<StoredFile | undefined>> => {
  const { baseline } = part.state;
  const file = part.begun.baseline_file;
  if (baseline !== undefined || file === undefined) return ok(baseline);
  return packPlain({ file, name: 'baseline' }, part, options);
};

type Plain = { readonly file: string; readonly name: string };

const packPlain = async (
  { file, name }: Plain,
  { parts, folder, key }: Part,
  options: PackOptions,
): Promise<Result<StoredFile>> => {
  const packed = await options.archives.packFile({
    file,
    folder: folder.path,
    name,
    compression: options.compression,
    ...partSeal(parts, options.passphrase),
  });
  return packed.ok ? ok({ key, ...packed.value }) : err(packed.error.message);
};
