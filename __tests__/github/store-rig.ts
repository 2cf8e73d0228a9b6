import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryFolder, formatKey, type KeyParts } from '../../src/checkpoint/checkpoint-key.js';
import { startWorker, type WorkerClient } from '../../src/github/store/worker-client.js';
import type { ProcessGroup } from '../../src/state/run-state.js';
import { newTempFolder } from '../machine/temp-folder.js';
import { writeFiles } from '../rig/memory-store.js';

/** The parts of checkpoints in the folder of a store. */
export type StoreFiles = {
  /** Replaces the content of `checkpoint/` by the part with that key. */
  readonly put: (parts: KeyParts, files: Readonly<Record<string, string>>) => void;
  /** A file of the part in `checkpoint/`. */
  readonly read: (parts: KeyParts, file: string) => string;
};

/** GitHub's stores with a real worker process, in a new folder. */
export type StoreRig = AsyncDisposable &
  StoreFiles &
  Omit<WorkerClient, 'close'> & {
    readonly client: WorkerClient;
    readonly folder: string;
    /** The worker processes started so far. */
    readonly groups: readonly ProcessGroup[];
    readonly masks: readonly string[];
  };

const HOOK = fileURLToPath(new URL('../../scripts/typescript-sources.mjs', import.meta.url));

/** Starts the worker process from a bundle of its sources. */
export const FROM_SOURCE: readonly string[] = [
  ...[process.execPath, '--no-warnings', '--import', HOOK],
  process.env['SAVEPOINT_TEST_STORE'] ?? '',
];

/** Creates the stores of a job with that environment. */
export const newStoreRig = (
  env: Readonly<Record<string, string>>,
  program: readonly string[] = FROM_SOURCE,
): StoreRig => {
  const temp = newTempFolder();
  const folder = temp.at('store');
  const groups: ProcessGroup[] = [];
  const masks: string[] = [];
  const client = startWorker({
    program,
    folder,
    env: { PATH: process.env['PATH'], ...env },
    onMask: (value) => masks.push(value),
    onStarted: (group) => groups.push(group),
  });
  const { store, records, archives } = client;
  return {
    ...{ client, store, records, archives, folder, groups, masks },
    ...storeFiles(folder),
    [Symbol.asyncDispose]: async () => {
      await client.close();
      temp[Symbol.dispose]();
    },
  };
};

/** The parts in the folder of a store. */
export const storeFiles = (folder: string): StoreFiles => {
  const checkpoint = join(folder, 'checkpoint');
  return {
    put: (parts, files) => {
      rmSync(checkpoint, { recursive: true, force: true });
      writeFiles(join(checkpoint, entryFolder(parts)), files);
    },
    read: (parts, file) => readFileSync(join(checkpoint, entryFolder(parts), file), 'utf8'),
  };
};

/** A part of a job that all tests share. */
export const aPart = (differs: Partial<KeyParts> = {}): KeyParts & { readonly key: string } => {
  const parts = { os: 'linux', arch: 'x64', runId: '77', leg: 'abc', attempt: 1, sequence: 1, nonce: 'n1', ...differs };
  return { ...parts, key: formatKey(parts) };
};

/** The environment of a job without any store. */
export const NO_STORE: Readonly<Record<string, string>> = {};
