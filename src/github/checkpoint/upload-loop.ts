import { uploadIntervalMs } from '../../checkpoint/upload-pace.js';
import type { Clock } from '../../run/context/ports.js';
import type { SaveResult } from './save-checkpoint.js';

/** Decides when to upload, and uploads. */
export type UploadLoopOptions = {
  readonly clock: Clock;
  /** A new random number from 0 to 1. */
  readonly random: () => number;
  readonly minIntervalMs: number;
  readonly jobTotal: number;
  /** From 0: the first uploads of a matrix come one after the other. */
  readonly jobIndex: number;
  /** How long to leave the store alone, in milliseconds; Infinity for ever. */
  readonly pauseMs: () => number;
  readonly save: () => Promise<SaveResult>;
  readonly onResult: (result: SaveResult) => void;
};

/** Uploads in the background, one at a time and never more often than the interval. Requests during an upload share the next. */
export type UploadLoop = {
  /** There is something new. */
  readonly request: () => void;
  readonly isUploading: () => boolean;
  /** Starts no further upload. */
  readonly stop: () => void;
  /** Settles when the upload that is under way has ended. */
  readonly idle: () => Promise<void>;
};

/** A loop whose first upload is an interval away, so that a short run costs none. */
export const startUploadLoop = (options: UploadLoopOptions): UploadLoop => {
  const { clock } = options;
  let nextAt = clock.now() + intervalMs({ ...options, jobTotal: options.jobIndex + 1 });
  let isWanted = false;
  let isOver = false;
  let cancel = (): void => undefined;
  let underWay: Promise<void> | undefined;

  const upload = async (): Promise<void> => {
    isWanted = false;
    const result = await options.save();
    nextAt = clock.now() + intervalMs(options);
    underWay = undefined;
    if (result.kind === 'ambiguous') isOver = true;
    if (result.kind === 'failed') isWanted = true;
    options.onResult(result);
    schedule();
  };
  const schedule = (): void => {
    cancel();
    if (!isWanted || isOver || underWay !== undefined) return;
    const waitMs = Math.max(0, nextAt - clock.now(), options.pauseMs());
    if (waitMs !== Infinity) cancel = clock.after(waitMs, start);
  };
  /** While this waited, the store may have begun to fail. */
  const start = (): void => {
    if (options.pauseMs() > 0) schedule();
    else underWay = upload();
  };
  return {
    request: () => {
      isWanted = true;
      schedule();
    },
    isUploading: () => underWay !== undefined,
    stop: () => {
      isOver = true;
      cancel();
    },
    idle: async () => underWay,
  };
};

const intervalMs = ({ minIntervalMs, jobTotal, random }: UploadLoopOptions): number =>
  uploadIntervalMs({ minIntervalMs, jobTotal }, random());
