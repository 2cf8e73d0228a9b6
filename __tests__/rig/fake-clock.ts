import type { Clock } from '../../src/run/context/ports.js';
import { settle } from './settle.js';

/** A clock that stands still until the test moves it. */
export type FakeClock = Clock & {
  /** Moves on; timers fire in the order they are due, each at its time, and what they set off runs before the next. */
  readonly advance: (ms: number) => Promise<void>;
  /** Timers that are neither fired nor cancelled. */
  readonly pending: number;
};

/** A clock that stands at `startMs`, in milliseconds since 1970. */
export const createFakeClock = (startMs = Date.UTC(2030, 0, 1)): FakeClock => {
  let nowMs = startMs;
  const timers = new Set<Timer>();
  const nextDue = (untilMs: number): Timer | undefined =>
    [...timers].filter(({ dueMs }) => dueMs <= untilMs).sort((a, b) => a.dueMs - b.dueMs)[0];
  return {
    now: () => nowMs,
    after: (ms, callback) => {
      const timer = { dueMs: nowMs + Math.max(0, ms), callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    get pending() {
      return timers.size;
    },
    advance: async (ms) => {
      const untilMs = nowMs + ms;
      await settle();
      for (let timer = nextDue(untilMs); timer !== undefined; timer = nextDue(untilMs)) {
        timers.delete(timer);
        nowMs = timer.dueMs;
        timer.callback();
        await settle();
      }
      nowMs = untilMs;
    },
  };
};

type Timer = { readonly dueMs: number; readonly callback: () => void };
