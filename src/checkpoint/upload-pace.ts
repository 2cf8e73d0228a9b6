/** A repository may save 200 cache entries a minute, one every 0.3 s; all legs of a matrix together take half. */
const INTERVAL_PER_JOB_MS = 600;
/** Jitter, as a fraction of the interval, so that parallel jobs do not upload at once. */
const JITTER = 0.1;

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 600_000;

/** Time that failing store calls may take in one attempt of a job, over all its phases. */
const TROUBLE_BUDGET_MS = 15_000;

/** A store problem that affects the pace of uploads. */
export type PaceTrouble = {
  readonly kind: 'unavailable' | 'slow-down' | 'read-only' | 'off' | 'taken';
  readonly retryAfterMs?: number;
};

/** A circuit breaker for a failing store. Times are milliseconds of any one clock. */
export type Breaker = {
  /** Whether to try now. */
  readonly mayTry: (nowMs: number) => boolean;
  /** Time of the next try: 0 for at once, Infinity for never. */
  readonly retryAt: () => number;
  /** A call succeeded: resets the breaker. */
  readonly succeeded: () => void;
  /** A call failed: pauses for 60 s, doubling up to 10 min, at least as long as the store asked; forever if it refuses writes. */
  readonly failed: (trouble: PaceTrouble, nowMs: number) => void;
  /** Whether to try for the final upload: once even during a pause; never if the store refuses writes. */
  readonly final: (nowMs: number) => boolean;
};

/** The remaining time for failing calls. */
export type TroubleBudget = {
  /** Subtracts the milliseconds of a failed call. */
  readonly spend: (ms: number) => void;
  /** The longest time the next call may take, in milliseconds, at least 0. */
  readonly leftMs: () => number;
};

/**
 * Milliseconds between uploads: the user's interval, or longer if the matrix has many jobs. `random`, a number from 0 to
 * 1, spreads it by a tenth.
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
