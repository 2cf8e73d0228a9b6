import { writeSync, fstatSync, statSync } from 'node:fs';
import { devNull } from 'node:os';

/** Writes bytes or text; returns once they are written or dropped, never throws. */
export type Write = (content: Uint8Array | string) => void;

/**
 * Writes synchronously to an open file such as stdout, so that nothing is buffered or lost at exit.
 * When the reader goes away (`| head`, a closed terminal) or the disk is full, the rest is dropped and the run continues.
 */
export const createFdWriter = (fd: number): Write => {
  let isGone = false;
  return (content) => {
    if (!isGone) isGone = !writeAll(fd, typeof content === 'string' ? Buffer.from(content) : content);
  };
};

const writeAll = (fd: number, bytes: Uint8Array): boolean => {
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (!isBusy(error)) return false;
      pauseBriefly();
    }
  }
  return true;
};

// Another process that shares the file may have made it non-blocking.
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EINTR');

const pauseBriefly = (): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
};

/** Whether an open file is a terminal. Loads `node:tty`, which is slow, only for a likely terminal. */
export const isTerminal = (fd: number): boolean => mayBeTerminal(fd) && process.getBuiltinModule('node:tty').isatty(fd);

const mayBeTerminal = (fd: number): boolean => {
  try {
    const file = fstatSync(fd);
    return file.isCharacterDevice() && file.rdev !== statSync(devNull).rdev;
  } catch {
    return false;
  }
};
