import type { Result } from '../../base/result.js';
import type { ArchiveWorker } from './archive-worker.js';
import type { CheckpointStore } from './checkpoint-store.js';
import type { RecordStore } from './record-store.js';
import type { StoreService, StoreTrouble } from './store-trouble.js';

/** Everything that the worker process does, by the names of the messages that ask for it. */
export type WorkerCalls = CheckpointStore &
  ArchiveWorker & {
    readonly listRecords: RecordStore['list'];
    readonly downloadRecord: RecordStore['download'];
    readonly saveRecord: RecordStore['save'];
  };

/** The name of a call. */
export type WorkerCall = keyof WorkerCalls;

/** The first parameter of a call: plain JSON, which is sent. */
export type Given<C extends WorkerCall> = Parameters<WorkerCalls[C]>[0];

/** The result of a call, which is sent back. */
export type Answer<C extends WorkerCall> = Awaited<ReturnType<WorkerCalls[C]>>;

/** The service that a call needs; undefined for work on this machine. */
export const SERVICE_OF: Readonly<Record<WorkerCall, StoreService | undefined>> = {
  find: 'cache',
  download: 'cache',
  save: 'cache',
  listRecords: 'artifact',
  downloadRecord: 'artifact',
  saveRecord: 'artifact',
  packArchive: undefined,
  packFile: undefined,
  readManifest: undefined,
  unpackFile: undefined,
  restoreTree: undefined,
};

/** A message to the worker process. `given` fits the call. */
export type ToWorker = {
  readonly kind: 'call';
  readonly id: number;
  readonly call: WorkerCall;
  readonly given: unknown;
};

/**
 * A message from the worker process: a value to hide, sent before anything that could show it; trouble on the way to an
 * answer; the size of what is being downloaded for a call; the answer.
 */
export type FromWorker =
  | { readonly kind: 'mask'; readonly value: string }
  | { readonly kind: 'trouble'; readonly id: number; readonly message: string }
  | { readonly kind: 'size'; readonly id: number; readonly bytes: number }
  | { readonly kind: 'answer'; readonly id: number; readonly result: Result<unknown, StoreTrouble> };

/** Whether a message asks the worker for something. It comes from our own process, so its kind says enough. */
export const isToWorker = (message: unknown): message is ToWorker => kindOf(message) === 'call';

/** Whether a message is one of the worker's. */
export const isFromWorker = (message: unknown): message is FromWorker =>
  ['mask', 'trouble', 'size', 'answer'].includes(kindOf(message) ?? '');

const kindOf = (message: unknown): string | undefined =>
  typeof message === 'object' && message !== null && 'kind' in message && typeof message.kind === 'string'
    ? message.kind
    : undefined;
