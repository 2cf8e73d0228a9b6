import { fdatasync } from 'node:fs';
import { err, ok, type Result } from '../../base/result.js';
import { ioMessage } from '../files/io-result.js';

/** Brings a file's content to the disk in the background, many writes with one flush. */
export type GroupedSync = {
  /** Promises a flush that begins after this call: within 20 ms, or once the one under way has ended. */
  readonly request: () => void;
  /** Settles when everything requested so far is on the disk, or with the first error. */
  readonly settled: () => Promise<Result<void>>;
};

/** Each flush commits the file system's own journal too, and that holds up whoever makes or removes files. */
const LEAST_DISTANCE_MS = 20;

/** Flushes of one open file, at most one at a time; after the first error none is started. */
export const groupedSync = (fd: number): GroupedSync => {
  let inFlight = false;
  let requested = false;
  let begunAt = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  let outcome: Result<void> = ok(undefined);
  let waiting: ((result: Result<void>) => void)[] = [];

  const request = (): void => {
    requested = outcome.ok;
    schedule();
  };
  /** At once where somebody waits for it. */
  const schedule = (): void => {
    if (inFlight || !requested) return;
    const waitMs = begunAt + LEAST_DISTANCE_MS - performance.now();
    if (waitMs <= 0 || waiting.length > 0) flush();
    else timer ??= setTimeout(flush, waitMs);
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    requested = false;
    inFlight = true;
    begunAt = performance.now();
    fdatasync(fd, (error) => {
      inFlight = false;
      if (error !== null) fail(ioMessage('cannot bring the journal to the disk', error));
      if (requested) schedule();
      else tellAll();
    });
  };
  const fail = (problem: string): void => {
    outcome = err(problem);
    requested = false;
  };
  const tellAll = (): void => {
    for (const tell of waiting) tell(outcome);
    waiting = [];
  };
  const settled = (): Promise<Result<void>> => {
    if (!inFlight && !requested) return Promise.resolve(outcome);
    return new Promise((resolve) => {
      waiting.push(resolve);
      schedule();
    });
  };
  return { request, settled };
};
