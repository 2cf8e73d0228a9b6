import { closeSync, createReadStream, existsSync, mkdirSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { invariant } from '../../base/assert.js';
import { shortDigest } from '../../base/hash.js';
import { err, ok, type Result } from '../../base/result.js';
import type { LogFile, Logs } from '../../run/context/ports.js';
import { codeOf, ioMessage, tryIo } from '../files/io-result.js';
import { writeFully } from '../files/write-file.js';

/** Step output in files below a folder: one per step, by its path, with at most `capBytes` (default 64 MiB) of output. */
export const createLogs = (folder: string, capBytes = 64 * MIB): Logs => ({
  open: (step) => new CappedLog(join(folder, `${fileStem(step)}.log`), capBytes),
  summary: (step, markdown) => {
    const file = join(folder, `${fileStem(step)}.summary.md`);
    return tryIo(`cannot write ${file}`, () => inMadeFolder(file, () => writeFileSync(file, markdown)));
  },
});

/** Copies a step's latest log to a stream; false when there is none. A reader that closes early is not an error. */
export const copyLog = async (folder: string, step: string, to: Writable): Promise<Result<boolean>> => {
  const file = join(folder, `${fileStem(step)}.log`);
  try {
    await pipeline(createReadStream(file), to, { end: false });
    return ok(true);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return ok(false);
    if (READER_LEFT.includes(codeOf(error) ?? '')) return ok(true);
    return err(ioMessage(`cannot show ${file}`, error));
  }
};

/** Errors of a closed reader: a failed write, or a stream that closed between two writes. */
const READER_LEFT = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'];

const MIB = 1024 * 1024;
const LINE_END = 10;

const fileStem = (step: string): string => {
  const name = logName(step);
  invariant(name !== undefined, `"${step}" is the path of a step`);
  return name;
};

/** Writes chunks immediately: nothing is lost when the process is killed, and `tail -f` shows current output. */
class CappedLog implements LogFile {
  readonly #file: string;
  readonly #capBytes: number;
  #fd: number | undefined;
  #sizeBytes = 0;
  #lastByte = LINE_END;
  #isFull = false;
  #problem: string | undefined;

  constructor(file: string, capBytes: number) {
    this.#file = file;
    this.#capBytes = capBytes;
  }

  readonly write = (chunk: Buffer): void => {
    if (this.#isFull || this.#problem !== undefined || chunk.length === 0) return;
    const written = tryIo(`cannot write ${this.#file}`, () => this.#store(chunk));
    if (!written.ok) this.#problem = written.error;
  };

  readonly close = (): Result<void> => {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
    this.#isFull = true;
    return this.#problem === undefined ? ok(undefined) : err(this.#problem);
  };

  #store(chunk: Buffer): void {
    this.#fd ??= openFresh(this.#file);
    const part = chunk.subarray(0, this.#capBytes - this.#sizeBytes);
    writeFully(this.#fd, part);
    this.#sizeBytes += part.length;
    this.#lastByte = part.at(-1) ?? this.#lastByte;
    if (part.length < chunk.length) this.#markFull(this.#fd);
  }

  #markFull(fd: number): void {
    this.#isFull = true;
    const lineEnd = this.#lastByte === LINE_END ? '' : '\n';
    writeFully(fd, Buffer.from(`${lineEnd}[savepoint: output beyond ${formatSize(this.#capBytes)} is not stored]\n`));
  }
}

const formatSize = (bytes: number): string =>
  bytes % MIB === 0 ? `${String(bytes / MIB)} MiB` : `${String(bytes)} bytes`;

/** Never opens an existing file or link: an earlier log is renamed to the next free name. */
const openFresh = (file: string): number => {
  try {
    return inMadeFolder(file, () => openSync(file, 'wx'));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    renameSync(file, freeAttemptName(file));
    return openSync(file, 'wx');
  }
};

const freeAttemptName = (file: string): string => {
  const stem = file.slice(0, -'.log'.length);
  let attempt = 1;
  while (existsSync(`${stem}.attempt-${String(attempt)}.log`)) attempt += 1;
  return `${stem}.attempt-${String(attempt)}.log`;
};

const inMadeFolder = <T>(file: string, make: () => T): T => {
  try {
    return make();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    mkdirSync(dirname(file), { recursive: true });
    return make();
  }
};

/** A segment is an id, with the number of an item or iteration if any, or stands for a called file. */
const SEGMENT = /(?:[A-Za-z_][A-Za-z0-9_-]*(?:\[\d+\])?|@pipeline)/.source;
const STEP_PATH_PATTERN = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`);
/** Some systems limit a whole path to 1024 bytes. */
const LONGEST = 500;

/**
 * The name of a step's files below the logs' folder, without extension: its path. A digest replaces a path that is too
 * long, and is added to one with capital letters, which some file systems do not distinguish.
 * Undefined when the text is not the path of a step.
 */
export const logName = (step: string): string | undefined => {
  if (!STEP_PATH_PATTERN.test(step)) return undefined;
  if (step.length > LONGEST) return `~${shortDigest(step)}`;
  return step === step.toLowerCase() ? step : `${step}~${shortDigest(step).slice(0, 12)}`;
};
