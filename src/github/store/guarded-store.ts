import { createBreaker, createTroubleBudget } from '../../checkpoint/upload-pace.js';
import { err, type Result } from '../../base/result.js';
import type { ChainLog } from './chain-log.js';
import { SLOWEST_BYTES_PER_MS } from './worker-connection.js';
import { unavailable, type StoreTrouble } from './store-trouble.js';

/** A request to the store, and what it is allowed to take. */
export type StoreRequest<T> = {
  /** What goes without it, for people: "no checkpoint is saved". */
  readonly without: string;
  /** How much is sent or fetched: a large one may take longer. */
  readonly bytes: number;
  /** The last chance in this process: also while the store is left alone for its trouble, once. */
  readonly isFinal?: boolean;
  /** Errors that are answers: the store works. */
  readonly accepts?: readonly StoreTrouble['kind'][];
  readonly send: (deadlineMs: number) => Promise<Result<T, StoreTrouble>>;
};

/** The store behind a guard: its trouble is told once and costs a bounded time, whatever is asked of it. */
export type GuardedStore = {
  readonly ask: <T>(request: StoreRequest<T>) => Promise<Result<T, StoreTrouble>>;
  /** Trouble on this machine that keeps something from being stored counts and is told like the store's own. */
  readonly complain: (message: string, without: string) => void;
  /** Whether to ask now; milliseconds until then, Infinity for never. */
  readonly pauseMs: () => number;
  /** The store is about to be closed: what fails from now on is no trouble. */
  readonly release: () => void;
};

/** What the guard works with. */
export type GuardOptions = {
  readonly chain: ChainLog;
  readonly now: () => number;
  readonly warn: (message: string) => void;
  readonly note: (message: string) => void;
};

/** The longest time that a request may take beside what it moves. */
const REQUEST_LIMIT_MS = 6000;

/** Puts the guard before a store; what trouble cost in an earlier phase of the job counts. */
export const guardStore = ({ chain, now, warn, note }: GuardOptions): GuardedStore => {
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
  const ask = async <T>(request: StoreRequest<T>): Promise<Result<T, StoreTrouble>> => {
    const mayTry = request.isFinal === true ? breaker.final(now()) : breaker.mayTry(now());
    const limitMs = Math.min(REQUEST_LIMIT_MS, budget.leftMs());
    if (!mayTry || limitMs === 0) return err({ kind: 'unavailable', message: LEFT_ALONE });
    const startedAt = now();
    const result = await request.send(limitMs + request.bytes / SLOWEST_BYTES_PER_MS);
    if (result.ok || request.accepts?.includes(result.error.kind) === true) breaker.succeeded();
    else suffer(result.error, request.without, Math.min(limitMs, now() - startedAt));
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
