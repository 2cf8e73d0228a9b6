import { appendFileSync, closeSync, constants, openSync, renameSync, writeSync, writeFileSync } from 'node:fs';
import type { Result } from '../../base/result.js';
import { tryIo } from './io-result.js';

/** Replaces a file's content atomically: readers see the old content or the new one, never a part. */
export const replaceFile = (file: string, content: string | Uint8Array): Result<void> =>
  tryIo(`cannot write ${file}`, () => {
    const draft = `${file}.tmp`;
    const fd = openSync(
      draft,
      constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
      0o666,
    );
    try {
      writeFully(fd, typeof content === 'string' ? Buffer.from(content) : content);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, file);
  });

/** Appends a text to a file, creating it if needed. */
export const appendToFile = (file: string, text: string): Result<void> =>
  tryIo(`cannot write ${file}`, () => appendFileSync(file, text));

/** Writes all bytes, even if the system accepts only some per call, as when the disk fills up. Throws the system's errors. */
export const writeFully = (fd: number, bytes: Uint8Array): void => {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
};

/** Writes a new file; an error when its name is taken. */
export const createFile = (path: string, text: string): Result<void> =>
  tryIo(`cannot write ${path}`, () => {
    writeFileSync(path, text, { flag: 'wx' });
  });
