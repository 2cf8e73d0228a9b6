import { writeSync, fstatSync, statSync } from 'node:fs';
import { devNull } from 'node:os';

/** Takes bytes or text for some place; returns when they are there or were dropped, never throws. */
export type Write = (content: Uint8Array | string) => void;

/**
 * Writes to an open file such as stdout, at once: nothing piles up in memory, nothing is lost at exit.
 * When it goes away (`| head`, a closed terminal, a full disk) the rest is dropped and the run goes on.
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

// Somebody else who shares the file may have made it non-blocking.
const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EINTR');

const pauseBriefly = (): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
};

/** Whether an open file is a terminal. Asks `node:tty`, which takes long to load, only where one is likely. */
export const isTerminal = (fd: number): boolean => mayBeTerminal(fd) && process.getBuiltinModule('node:tty').isatty(fd);

const mayBeTerminal = (fd: number): boolean => {
  try {
    const file = fstatSync(fd);
    return file.isCharacterDevice() && file.rdev !== statSync(devNull).rdev;
  } catch {
    return false;
  }
};
