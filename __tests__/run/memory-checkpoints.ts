import type { Checkpoints } from '../../src/run/context/ports.js';

/** Checkpoints that are never taken: what was told of, in order. */
export type MemoryCheckpoints = Checkpoints & { readonly told: readonly string[] };

/** Checkpoints that have heard of nothing yet. */
export const createMemoryCheckpoints = (): MemoryCheckpoints => {
  const told: string[] = [];
  const tell = (line: string): Promise<void> => {
    told.push(line);
    return Promise.resolve();
  };
  return {
    told,
    begin: () => undefined,
    stepEnded: ({ path, isDone }) => tell(`${path} ${isDone ? 'is done' : 'failed'}`),
    fallbackEnded: (path) => tell(`${path} ended`),
  };
};
