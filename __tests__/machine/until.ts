import { setTimeout as pause } from 'node:timers/promises';

/** Waits until something is so; the test's own limit ends a wait for what never comes. */
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await pause(5);
};
