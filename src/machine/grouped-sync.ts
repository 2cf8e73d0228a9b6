import { fdatasync } from 'node:fs';
import { err, ok, type Result } from '../base/result.js';
import { ioMessage } from './io-result.js';

/** Brings a file's content to the disk in the background, many writes with one flush. */
export type GroupedSync = {
  /** Promises a flush that begins after this call. */
  readonly request: () => void;
  /** Settles when everything requested so far is on the disk, or with the first error. */
  readonly settled: () => Promise<Result<void>>;
};

/** Flushes of one open file, at most one at a time; after the first error none is started. */
export const groupedSync = (fd: number): GroupedSync => {
  let inFlight = false;
  let again = false;
  let outcome: Result<void> = ok(undefined);
  let waiting: ((result: Result<void>) => void)[] = [];

  const request = (): void => {
    again = true;
    if (!inFlight) flush();
  };
  const flush = (): void => {
    again = false;
    inFlight = true;
    fdatasync(fd, (error) => {
      inFlight = false;
      if (error !== null) outcome = err(ioMessage('cannot bring the journal to the disk', error));
      if (again && outcome.ok) flush();
      else tellAll();
    });
  };
  const tellAll = (): void => {
    for (const tell of waiting) tell(outcome);
    waiting = [];
  };
  const settled = (): Promise<Result<void>> =>
    inFlight ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(outcome);
  return { request, settled };
};
