import { appendFileSync, closeSync, constants, openSync, renameSync, writeSync, writeFileSync } from 'node:fs';
import type { Result } from '../../base/result.js';
import { tryIo } from './io-result.js';

/** Puts a whole text or bytes in a file's place: readers see the old content or the new one, never a part. */
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

/** Adds a text to a file, which is made where there is none. */
export const appendToFile = (file: string, text: string): Result<void> =>
  tryIo(`cannot write ${file}`, () => appendFileSync(file, text));

/** Writes all bytes; the system may take them in parts, as it does when the disk fills up. Throws what the system says. */
export const writeFully = (fd: number, bytes: Uint8Array): void => {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written);
};

/** Writes a file that is not there yet; an error when anything has its name. */
export const createFile = (path: string, text: string): Result<void> =>
  tryIo(`cannot write ${path}`, () => {
    writeFileSync(path, text, { flag: 'wx' });
  });
