import type { Retry } from '../../language/model/pipeline.js';
import { exitCodeOf } from './attempt.js';
import type { Outcome } from '../context/ending.js';
import type { Random } from '../context/ports.js';

/** An attempt that has ended: its number from 1, and the last 64 KiB of its output where `match` asks for it. */
export type EndedAttempt = { readonly number: number; readonly outcome: Outcome; readonly tail: string };

/** After how many milliseconds the step is tried again; undefined: that attempt was the last. */
export const nextAttemptInMs = (retry: Retry | undefined, attempt: EndedAttempt, random: Random): number | undefined =>
  retry !== undefined && attempt.number < retry.attempts && isWorthAnother(retry, attempt)
    ? delayAfter(retry, attempt.number, random)
    : undefined;

/** Exit codes and output narrow failures only; what is ours or the machine's fault, or was stopped, is final. */
const isWorthAnother = ({ on, exitCodes, match }: Retry, { outcome, tail }: EndedAttempt): boolean => {
  if (outcome.kind === 'timed-out') return on.includes('timeout');
  if (outcome.kind !== 'failed' || !on.includes('failure')) return false;
  if (exitCodes !== undefined && !exitCodes.includes(exitCodeOf(outcome))) return false;
  return match === undefined || new RegExp(match, 'm').test(tail);
};

/** Longer than any run: keeps a delay that grows without limit a number. */
const LONGEST_MS = 365 * 24 * 60 * 60 * 1000;

const delayAfter = (
  { delayMs, factor, maxDelayMs = LONGEST_MS, jitter }: Retry,
  number: number,
  random: Random,
): number => {
  if (delayMs === 0) return 0;
  const grown = Math.min(delayMs * factor ** (number - 1), maxDelayMs, LONGEST_MS);
  const share = jitter === 0 ? 1 : 1 + jitter * (2 * random() - 1);
  return Math.round(grown * share);
};
