import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryFolder, formatKey, type KeyParts } from '../../src/checkpoint/checkpoint-key.js';
import { startWorker, type Store } from '../../src/github/store/worker-client.js';
import type { ProcessGroup } from '../../src/state/run-state.js';
import { newTempFolder } from '../machine/temp-folder.js';

/** A store in a folder of its own, with a real process. */
export type StoreRig = AsyncDisposable & {
  readonly store: Store;
  readonly folder: string;
  /** The processes it has started so far. */
  readonly groups: readonly ProcessGroup[];
  readonly masks: readonly string[];
  /** Makes `checkpoint/` hold the part of that key and nothing else. */
  readonly put: (parts: KeyParts, files: Readonly<Record<string, string>>) => void;
  /** A file of a part that was put there or downloaded. */
  readonly read: (parts: KeyParts, file: string) => string;
};

const HOOK = fileURLToPath(new URL('../../scripts/typescript-sources.mjs', import.meta.url));

/** Starts the worker process from a bundle of its sources. */
export const FROM_SOURCE: readonly string[] = [
  ...[process.execPath, '--no-warnings', '--import', HOOK],
  process.env['SAVEPOINT_TEST_STORE'] ?? '',
];

/** Makes a store for a job with that environment. */
export const newStoreRig = (
  env: Readonly<Record<string, string>>,
  program: readonly string[] = FROM_SOURCE,
): StoreRig => {
  const temp = newTempFolder();
  const folder = temp.at('store');
  const groups: ProcessGroup[] = [];
  const masks: string[] = [];
  const store = startWorker({
    program,
    folder,
    env: { PATH: process.env['PATH'], ...env },
    onMask: (value) => masks.push(value),
    onStarted: (group) => groups.push(group),
  });
  const checkpoint = join(folder, 'checkpoint');
  return {
    store,
    folder,
    groups,
    masks,
    put: (parts, files) => {
      rmSync(checkpoint, { recursive: true, force: true });
      for (const [name, content] of Object.entries(files)) {
        const path = join(checkpoint, entryFolder(parts), name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, content);
      }
    },
    read: (parts, file) => readFileSync(join(checkpoint, entryFolder(parts), file), 'utf8'),
    [Symbol.asyncDispose]: async () => {
      await store.close();
      temp[Symbol.dispose]();
    },
  };
};

/** A part of a leg that all tests share. */
export const aPart = (differs: Partial<KeyParts> = {}): KeyParts & { readonly key: string } => {
  const parts = { os: 'linux', arch: 'x64', runId: '77', leg: 'abc', attempt: 1, sequence: 1, nonce: 'n1', ...differs };
  return { ...parts, key: formatKey(parts) };
};

/** The environment of a job that has no store at all. */
export const NO_STORE: Readonly<Record<string, string>> = {};
