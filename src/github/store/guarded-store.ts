import { createBreaker, createTroubleBudget } from '../../checkpoint/upload-pace.js';
import { err, type Result } from '../../base/result.js';
import type { ChainLog } from './chain-log.js';
import type { CheckpointStore } from './checkpoint-store.js';
import type { RecordStore } from './record-store.js';
import { unavailable, type StoreTrouble } from './store-trouble.js';
import { SLOWEST_BYTES_PER_MS } from './worker-connection.js';

/** Limits the time that failing stores cost a job, and warns once. All stores of a job share one guard. */
export type StoreGuard = {
  /** Sends a request, unless the stores are left alone because of earlier trouble. */
  readonly ask: <T>(request: GuardedRequest<T>) => Promise<Result<T, StoreTrouble>>;
  /** Counts and reports an error on this machine that prevents a save, like an error of a store. */
  readonly complain: (message: string, without: string) => void;
  /** Milliseconds until a store may be asked again: 0 for now, Infinity for never. */
  readonly pauseMs: () => number;
  /** The stores are about to be closed: from now on failures are neither counted nor reported. */
  readonly release: () => void;
};

/** The purpose of calls to a store. */
export type StoreUse = {
  /** The consequence for the user if they fail: "this checkpoint is not saved". */
  readonly without: string;
  /** It is the last chance in this process: one call is tried even in a pause after trouble. */
  readonly isFinal?: boolean;
  /** `taken` is an expected answer, not a failure of the store. */
  readonly mayBeTaken?: boolean;
};

/** A call to a store, the bytes it moves, and a deadline that its caller sets. */
export type GuardedRequest<T> = {
  readonly use: StoreUse;
  readonly sizeBytes?: number | undefined;
  readonly deadlineMs?: number | undefined;
  readonly send: (deadlineMs: number) => Promise<Result<T, StoreTrouble>>;
};

/** The dependencies of a guard. */
export type GuardOptions = {
  readonly chain: ChainLog;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly note: (message: string) => void;
};

/** A store whose calls go through a guard. */
export const guardedStore = (store: CheckpointStore, guard: StoreGuard, use: StoreUse): CheckpointStore => ({
  find: (prefix, deadlineMs) => guard.ask({ use, deadlineMs, send: (limitMs) => store.find(prefix, limitMs) }),
  download: (wanted, deadlineMs) =>
    guard.ask({ use, sizeBytes: wanted.sizeBytes, deadlineMs, send: (limitMs) => store.download(wanted, limitMs) }),
  save: (entry, deadlineMs) =>
    guard.ask({ use, sizeBytes: entry.sizeBytes, deadlineMs, send: (limitMs) => store.save(entry, limitMs) }),
});

/** A record store whose calls go through a guard. */
export const guardedRecords = (records: RecordStore, guard: StoreGuard, use: StoreUse): RecordStore => ({
  list: (prefix, deadlineMs) => guard.ask({ use, deadlineMs, send: (limitMs) => records.list(prefix, limitMs) }),
  download: (wanted, deadlineMs) =>
    guard.ask({ use, deadlineMs, send: (limitMs) => records.download(wanted, limitMs) }),
  save: (record, deadlineMs) =>
    guard.ask({ use, sizeBytes: record.sizeBytes, deadlineMs, send: (limitMs) => records.save(record, limitMs) }),
});

/** The longest that a request may take, besides the time for the bytes it moves. */
const REQUEST_LIMIT_MS = 6000;

/** A guard for the stores of a job. What trouble cost in an earlier phase of the job counts. */
export const createStoreGuard = ({ chain, now, warn, note }: GuardOptions): StoreGuard => {
  const breaker = createBreaker();
  const budget = createTroubleBudget(chain.state().troubleMs);
  let isReleased = false;

  const suffer = (trouble: StoreTrouble, without: string, costMs: number): void => {
    if (isReleased) return;
    budget.spend(costMs);
    breaker.failed(trouble, now());
    const isNews = chain.state().trouble === undefined;
    (isNews ? warn : note)(`${trouble.message}; ${without}`);
    chain.add({ type: 'trouble', cost_ms: costMs, message: trouble.message });
  };
  const ask: StoreGuard['ask'] = async ({ use, sizeBytes = 0, deadlineMs = Infinity, send }) => {
    const mayTry = use.isFinal === true ? breaker.final(now()) : breaker.mayTry(now());
    const limitMs = Math.min(REQUEST_LIMIT_MS, budget.leftMs());
    if (!mayTry || limitMs === 0) return err(unavailable(LEFT_ALONE));
    const startedAt = now();
    const result = await send(Math.min(deadlineMs, limitMs + sizeBytes / SLOWEST_BYTES_PER_MS));
    if (result.ok || (use.mayBeTaken === true && result.error.kind === 'taken')) breaker.succeeded();
    else suffer(result.error, use.without, Math.min(limitMs, now() - startedAt));
    return result;
  };
  return {
    ask,
    complain: (message, without) => suffer(unavailable(message), without, 0),
    pauseMs: () => (budget.leftMs() === 0 ? Infinity : Math.max(0, breaker.retryAt() - now())),
    release: () => {
      isReleased = true;
    },
  };
};

const LEFT_ALONE = 'the store is left alone because of earlier trouble';
