import { defineConfig } from 'vitest/config';

// Forks, because tests handle signals; not isolated, because no module of ours does anything when imported.
export default defineConfig({
  test: {
    include: ['__tests__/**/*.test.ts'],
    environment: 'node',
    globalSetup: '__tests__/rig/bundle-store.ts',
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
