import { defineConfig } from 'vitest/config';
import { LongestFirst } from './__tests__/rig/longest-first.js';

// Forks, because tests handle signals; not isolated, because no module of ours does anything when imported.
export default defineConfig({
  test: {
    include: ['__tests__/**/*.test.ts'],
    environment: 'node',
    globalSetup: ['__tests__/rig/choose-seed.ts', '__tests__/rig/bundle-store.ts'],
    tags: [
      { name: 'long', description: 'runs in long runs only' },
      { name: 'sampled', description: 'takes a sample of its cases by default, all of them in long runs' },
    ],
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
