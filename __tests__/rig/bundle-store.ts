import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * Bundles the program of the worker process once per test run. The bundle starts in a quarter of the time that the sources and
 * the thousand files of the toolkit's packages take.
 * `SAVEPOINT_TEST_STORE` holds its path.
 */
export const setup = async (): Promise<() => void> => {
  const folder = mkdtempSync(join(tmpdir(), 'sp-store-'));
  await build({
    entryPoints: [fileURLToPath(new URL('../../src/store.ts', import.meta.url))],
    outdir: folder,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // For CommonJS packages, in which esbuild leaves calls of `require`.
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
  });
  process.env['SAVEPOINT_TEST_STORE'] = join(folder, 'store.mjs');
  return () => rmSync(folder, { recursive: true, force: true });
};
