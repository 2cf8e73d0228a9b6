import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 prefer little memory over speed; call it before the heap grows. Node forks to spawn, so the time to start a
 * child grows with our memory: see `docs/adr/0004-small-process.md`.
 */
export const limitHeap = (): void => {
  for (const flag of SMALL_FLAGS) setFlagsFromString(flag);
};

/** The young generation keeps its initial size, old garbage is collected early, and one optimizing compiler is enough. */
const SMALL_FLAGS = ['--semi-space-growth-factor=1', '--optimize-for-size', '--no-maglev'];
