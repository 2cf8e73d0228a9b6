import { fdatasync } from 'node:fs';
import { err, ok, type Result } from '../../base/result.js';
import { ioMessage } from '../files/io-result.js';

/** Flushes a file to the disk in the background, many writes with one flush. */
export type GroupedSync = {
  /** Schedules a flush that begins after this call: within 20 ms, or once the current flush has ended. */
  readonly request: () => void;
  /** Settles once everything requested so far is on the disk, or with the first error. */
  readonly settled: () => Promise<Result<void>>;
};

/** Each flush commits the file system's own journal too, which delays every process that makes or removes files. */
const LEAST_DISTANCE_MS = 20;

/** Flushes one open file, at most once at a time; after the first error no flush is started. */
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
  /** Flushes at once when a caller waits. */
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
