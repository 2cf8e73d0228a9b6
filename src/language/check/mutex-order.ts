import { cyclesIn } from '../model/needs-order.js';
import { quote } from '../model/quote.js';
import type { Reading } from '../read/scope.js';

/**
 * Reports mutexes that are nested in different orders: two groups that each hold the mutex the other wants would deadlock.
 * Requiring one order for all locks is the usual rule; it may refuse groups that never run concurrently.
 */
export const checkMutexOrder = ({ mutexNestings, mistakes }: Reading): void => {
  const names = [...new Set(mutexNestings.flatMap(({ held, wanted }) => [...held, wanted]))];
  const heldAround = names.map((name) =>
    mutexNestings
      .filter(({ wanted }) => wanted === name)
      .flatMap(({ held }) => held.map((each) => names.indexOf(each))),
  );
  for (const cycle of cyclesIn(heldAround)) {
    const order = cycle.map((index) => names[index] ?? '');
    const nesting = mutexNestings.find(
      ({ held, wanted }) => order.includes(wanted) && held.some((each) => order.includes(each)),
    );
    const listed = order.map(quote).join(' and ');
    const message = `the mutexes ${listed} are nested in different orders, so that steps could wait for each other forever; nest them in one order`;
    if (nesting !== undefined) mistakes.add('mutex-order', nesting.node, message);
  }
};
