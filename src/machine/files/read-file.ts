import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { err, ok, type Result } from '../../base/result.js';
import { codeOf } from './io-result.js';

/** Why an existing file could not be read. */
export type ReadProblem =
  | { readonly kind: 'directory' }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'unreadable'; readonly message: string };

/** The bytes of a file with at most `limitBytes`; undefined when it does not exist. */
export const readFileUpTo = (path: string, limitBytes: number): Result<Buffer | undefined, ReadProblem> => {
  try {
    return readOpened(openSync(path, 'r'), limitBytes);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return ok(undefined);
    if (code === undefined) throw error;
    return err({ kind: 'unreadable', message: error instanceof Error ? error.message : String(error) });
  }
};

const readOpened = (fd: number, limitBytes: number): Result<Buffer, ReadProblem> => {
  try {
    if (fstatSync(fd).isDirectory()) return err({ kind: 'directory' });
    const bytes = readAtMost(fd, limitBytes + 1);
    return bytes.length > limitBytes ? err({ kind: 'too-large' }) : ok(bytes);
  } finally {
    closeSync(fd);
  }
};

const CHUNK_BYTES = 64 * 1024;

/** At most `limitBytes` of an open file, from a position or else the current one. Throws the system's errors. */
export const readAtMost = (fd: number, limitBytes: number, position?: number): Buffer => {
  // Read in chunks: the size of a pipe or device is not known beforehand.
  const chunks: Buffer[] = [];
  for (let total = 0; total < limitBytes;) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, limitBytes - total));
    const length = readSync(fd, chunk, 0, chunk.length, position === undefined ? null : position + total);
    if (length === 0) break;
    chunks.push(chunk.subarray(0, length));
    total += length;
  }
  return Buffer.concat(chunks);
};
