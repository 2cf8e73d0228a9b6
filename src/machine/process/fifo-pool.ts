import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

/** A named pipe that is open at both ends. */
export type Fifo = {
  readonly path: string;
  /** Does not block. */
  readonly readEnd: number;
  /** For the child; our copy must be closed once the child has its own. */
  readonly writeEnd: number;
};

/** Named pipes that are reused, because making one takes a process. */
export type FifoPool = {
  /** Undefined where the machine cannot make named pipes. */
  readonly take: () => Fifo | undefined;
  /** Takes back a pipe that reached its end, so no process can write to it any more. */
  readonly putBack: (fifo: Fifo) => void;
  /** Removes a pipe that another process may still write to. */
  readonly discard: (fifo: Fifo) => void;
  /** Removes the pipes that were put back; pipes put back later are removed at once. */
  readonly close: () => void;
};

const MADE_AT_ONCE = 16;

/** Named pipes in a folder that only we use. None is made before the first is taken. */
export const createFifoPool = (folder: string): FifoPool => {
  const free: string[] = [];
  let made = 0;
  let isUsable = true;
  const makeSome = (): void => {
    const paths = Array.from({ length: MADE_AT_ONCE }, () =>
      join(folder, `output-${String(process.pid)}-${String(++made)}`),
    );
    isUsable = spawnSync('mkfifo', ['-m', '600', ...paths], { cwd: folder, stdio: 'ignore' }).status === 0;
    if (isUsable) free.push(...paths);
  };
  return {
    take: () => {
      if (isUsable && free.length === 0) makeSome();
      const path = isUsable ? free.pop() : undefined;
      return path === undefined ? undefined : openBothEnds(path);
    },
    putBack: ({ path }) => {
      if (isUsable) free.push(path);
      else remove(path);
    },
    discard: ({ path }) => remove(path),
    close: () => {
      isUsable = false;
      free.splice(0).forEach(remove);
    },
  };
};

/** The read end comes first: opening the write end alone would wait for a reader. */
const openBothEnds = (path: string): Fifo | undefined => {
  let readEnd: number | undefined;
  try {
    readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return { path, readEnd, writeEnd: openSync(path, constants.O_WRONLY) };
  } catch {
    if (readEnd !== undefined) closeSync(readEnd);
    remove(path);
    return undefined;
  }
};

const remove = (path: string): void => {
  try {
    unlinkSync(path);
  } catch {
    // Already removed, perhaps with its folder.
  }
};
