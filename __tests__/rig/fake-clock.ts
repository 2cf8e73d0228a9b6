import type { Clock } from '../../src/run/context/ports.js';
import { settle } from './settle.js';

/** A clock that stands still until the test moves it. */
export type FakeClock = Clock & {
  /** Advances the clock. Timers fire in the order they are due; everything one starts runs before the next fires. */
  readonly advance: (ms: number) => Promise<void>;
  /** Timers that have neither fired nor been cancelled. */
  readonly pending: number;
};

/** A clock that is stopped at `startMs`, in milliseconds since 1970. */
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
