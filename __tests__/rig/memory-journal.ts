import { err, ok } from '../../src/base/result.js';
import type { Journal } from '../../src/run/context/ports.js';
import type { RunEvent } from '../../src/state/event.js';

/** A journal that lasts as long as the test. */
export type MemoryJournal = Journal & { readonly events: readonly RunEvent[] };

/** An empty journal; with `capacity` the append after that many events fails, as on a full disk, and all later ones. */
export const createMemoryJournal = (capacity = Number.POSITIVE_INFINITY): MemoryJournal => {
  const events: RunEvent[] = [];
  return {
    events,
    append: (event) => {
      if (events.length >= capacity) return err('no space left in memory');
      events.push(event);
      return ok(undefined);
    },
  };
};
