import { writeSync } from 'node:fs';

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
