import type { Cancel, Clock } from '../../run/context/ports.js';

/** Node fires a timer immediately when its delay does not fit into 31 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own time; a pending callback keeps the program alive until it fires or is cancelled. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, callback) => callLater(ms, callback),
};

const callLater = (ms: number, callback: () => void): Cancel => {
  const arm = (leftMs: number): NodeJS.Timeout =>
    setTimeout(
      () => {
        if (leftMs > LONGEST_TIMER_MS) timer = arm(leftMs - LONGEST_TIMER_MS);
        else callback();
      },
      Math.min(leftMs, LONGEST_TIMER_MS),
    );
  let timer = arm(ms);
  return () => clearTimeout(timer);
};
