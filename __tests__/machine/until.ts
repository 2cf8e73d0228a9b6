import { setTimeout as pause } from 'node:timers/promises';

/** Waits until a condition is true; the time limit of the test ends a wait that never would. */
export const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await pause(5);
};
