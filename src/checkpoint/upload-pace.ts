/** A repository may save 200 cache entries a minute: one every 0.3 s, of which all legs of a matrix take half. */
const INTERVAL_PER_JOB_MS = 600;
/** How far an interval is drawn up or down by chance, so that legs do not save in step. */
const JITTER = 0.1;

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 600_000;

/** What failing calls to the stores may cost in one attempt of a job, over all its phases. */
const TROUBLE_BUDGET_MS = 15_000;

/** Trouble with a store, as far as the pace of uploads depends on it. */
export type PaceTrouble = {
  readonly kind: 'unavailable' | 'slow-down' | 'read-only' | 'off' | 'taken';
  readonly retryAfterMs?: number;
};

/** Keeps a job from asking a store that is in trouble. Times are milliseconds of any one clock. */
export type Breaker = {
  /** Whether to try now. */
  readonly mayTry: (nowMs: number) => boolean;
  /** When to try next: 0 for at once, Infinity for never. */
  readonly retryAt: () => number;
  /** A call went well: everything is as at first. */
  readonly succeeded: () => void;
  /** A call failed. 60 s of pause, doubling up to 10 min; at least what the store asked for; for ever when it takes nothing. */
  readonly failed: (trouble: PaceTrouble, nowMs: number) => void;
  /** Whether to try at the very end: also during a pause, but then only once; never where the store takes nothing. */
  readonly final: (nowMs: number) => boolean;
};

/** What is left of the time that failing calls may cost. */
export type TroubleBudget = {
  /** Takes the milliseconds that a failed call took. */
  readonly spend: (ms: number) => void;
  /** Milliseconds, at least 0: the longest that the next call may take. */
  readonly leftMs: () => number;
};

/**
 * Milliseconds from one upload to the next: the user's interval, or longer where the job is one of many. `random` is a
 * number from 0 to 1 that spreads it by a tenth.
 */
export const uploadIntervalMs = (
  { minIntervalMs, jobTotal }: { readonly minIntervalMs: number; readonly jobTotal: number },
  random: number,
): number => Math.round(Math.max(minIntervalMs, INTERVAL_PER_JOB_MS * jobTotal) * (1 - JITTER + 2 * JITTER * random));

/** A breaker that lets everything through until a call fails. */
export const createBreaker = (): Breaker => {
  let failures = 0;
  let retryAt = 0;
  let finalIsLeft = true;
  const mayTry = (nowMs: number): boolean => nowMs >= retryAt;
  return {
    mayTry,
    retryAt: () => retryAt,
    succeeded: () => {
      failures = 0;
      retryAt = 0;
    },
    failed: (trouble, nowMs) => {
      retryAt = nowMs + pauseMs(trouble, failures);
      failures += 1;
    },
    final: (nowMs) => {
      if (mayTry(nowMs)) return true;
      const passes = finalIsLeft && retryAt !== Infinity;
      finalIsLeft = false;
      return passes;
    },
  };
};

const pauseMs = ({ kind, retryAfterMs = 0 }: PaceTrouble, failuresBefore: number): number => {
  if (kind === 'read-only' || kind === 'off') return Infinity;
  return Math.max(Math.min(FIRST_PAUSE_MS * 2 ** failuresBefore, LONGEST_PAUSE_MS), retryAfterMs);
};

/** The budget of an attempt of a job in which failing calls took `spentMs` so far: 15 s in all. */
export const createTroubleBudget = (spentMs: number): TroubleBudget => {
  let spent = spentMs;
  return {
    spend: (ms) => {
      spent += ms;
    },
    leftMs: () => Math.max(0, TROUBLE_BUDGET_MS - spent),
  };
};
