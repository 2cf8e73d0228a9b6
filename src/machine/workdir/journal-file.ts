import { closeSync, constants, fstatSync, ftruncateSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { err, ok, type Result } from '../../base/result.js';
import type { RunEvent } from '../../state/event.js';
import { decodeJournal, encodeLine, type JournalContent, type JournalProblem } from '../../state/journal-format.js';
import type { RunState } from '../../state/run-state.js';
import type { Journal } from '../../run/context/ports.js';
import { groupedSync, type GroupedSync } from './grouped-sync.js';
import { ifThere, tryIo } from '../files/io-result.js';
import { replaceFile, writeFully } from '../files/write-file.js';

/** Files and position of a journal to be appended to. */
export type JournalOptions = {
  readonly file: string;
  /** End of the last whole line that was read; `CHAIN_START` and 0 for a new journal. */
  readonly from: { readonly hash: string; readonly validBytes: number };
  /** State file for people and tools. */
  readonly stateFile: string;
  readonly renderState: (state: RunState) => string;
  /** How far the state file may lag behind the journal; default 1000. */
  readonly stateDelayMs?: number;
};

/** A journal open for writing, with the state file that follows it. */
export type OpenJournal = Journal & {
  /** Waits until everything is on the disk and writes the state file. Reports the first error. */
  readonly close: (state: RunState) => Promise<Result<void>>;
};

/** Why a journal's file could not be used. */
export type JournalFileProblem = JournalProblem | { readonly kind: 'unreadable'; readonly message: string };

/** Opens a journal for appending after its last whole line; anything after it is truncated. */
export const openJournal = (options: JournalOptions): Result<OpenJournal> => {
  const what = `cannot open the journal ${options.file}`;
  const fd = tryIo(what, () => openSync(options.file, APPEND_FLAGS, 0o666));
  if (!fd.ok) return fd;
  const size = tryIo(what, () => fstatSync(fd.value).size);
  if (size.ok && size.value === options.from.validBytes) return ok(new JournalWriter(fd.value, options));
  const cut = size.ok ? cutTail(fd.value, size.value, options) : size;
  if (cut.ok) return ok(new JournalWriter(fd.value, options));
  closeSync(fd.value);
  return cut;
};

/** Reads a journal; undefined when there is none. */
export const readJournalFile = (file: string): Result<JournalContent | undefined, JournalFileProblem> => {
  const bytes = tryIo('cannot read the journal', () => ifThere(() => readRegularFile(file)));
  if (!bytes.ok) return err({ kind: 'unreadable', message: bytes.error });
  if (bytes.value === 'not a file') return err({ kind: 'unreadable', message: `${file} is not a regular file` });
  return bytes.value === undefined ? ok(undefined) : decodeJournal(bytes.value);
};

const APPEND_FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

const cutTail = (fd: number, sizeBytes: number, { file, from }: JournalOptions): Result<void> =>
  sizeBytes < from.validBytes
    ? err(`the journal ${file} became shorter since it was read`)
    : tryIo(`cannot remove the incomplete last line of the journal ${file}`, () => ftruncateSync(fd, from.validBytes));

class JournalWriter implements OpenJournal {
  readonly #fd: number;
  readonly #options: JournalOptions;
  readonly #sync: GroupedSync;
  #hash: string;
  #bytes: number;
  #problem: string | undefined;
  #stateTimer: NodeJS.Timeout | undefined;

  constructor(fd: number, options: JournalOptions) {
    this.#fd = fd;
    this.#options = options;
    this.#sync = groupedSync(fd);
    this.#hash = options.from.hash;
    this.#bytes = options.from.validBytes;
  }

  readonly append = (event: RunEvent, state: RunState): Result<void> => {
    if (this.#problem !== undefined) return err(this.#problem);
    const next = encodeLine(event, this.#hash);
    const bytes = Buffer.from(`${next.line}\n`);
    const written = tryIo(`cannot write the journal ${this.#options.file}`, () => writeFully(this.#fd, bytes));
    if (!written.ok) return this.#giveUp(written.error);
    if (this.#isRemoved()) return this.#giveUp(`the journal ${this.#options.file} was removed`);
    this.#hash = next.hash;
    this.#bytes += bytes.length;
    this.#sync.request();
    this.#writeStateSoon(state);
    return written;
  };

  readonly close = async (state: RunState): Promise<Result<void>> => {
    clearTimeout(this.#stateTimer);
    const synced = await this.#sync.settled();
    closeSync(this.#fd);
    if (this.#problem !== undefined) return err(this.#problem);
    return synced.ok ? this.#writeState(state) : synced;
  };

  /** A step may remove the whole work directory, as `git clean -x` does; writing would still succeed. */
  #isRemoved(): boolean {
    return fstatSync(this.#fd).nlink === 0;
  }

  /** Removes the part of the line that was written, so that the journal ends with a whole line. */
  #giveUp(problem: string): Result<void> {
    this.#problem = problem;
    clearTimeout(this.#stateTimer);
    tryIo('cannot cut the journal', () => ftruncateSync(this.#fd, this.#bytes));
    return err(problem);
  }

  /** Errors are ignored here: the last write, in `close`, reports them. */
  #writeStateSoon(state: RunState): void {
    if (this.#stateTimer !== undefined) return;
    this.#stateTimer = setTimeout(() => {
      this.#stateTimer = undefined;
      this.#writeState(state);
    }, this.#options.stateDelayMs ?? 1000).unref();
  }

  #writeState(state: RunState): Result<void> {
    return replaceFile(this.#options.stateFile, this.#options.renderState(state));
  }
}

const readRegularFile = (file: string): Buffer | 'not a file' =>
  lstatSync(file).isFile() ? readFileSync(file) : 'not a file';
