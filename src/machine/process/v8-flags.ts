import { setFlagsFromString } from 'node:v8';

/**
 * Makes V8 prefer a small process to a fast one, before the heap grows.
 * Node forks to spawn, so each child costs time in proportion to our memory: see `docs/adr/0004-small-process.md`.
 */
export const limitHeap = (): void => {
  for (const flag of SMALL_FLAGS) setFlagsFromString(flag);
};

/** The room for young objects stays as small as it begins, old garbage is collected early, and one optimizing compiler is enough. */
const SMALL_FLAGS = ['--semi-space-growth-factor=1', '--optimize-for-size', '--no-maglev'];
