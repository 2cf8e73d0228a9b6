import { afterAll, beforeAll } from 'vitest';
import type { CheckpointStore } from '../../src/github/store/checkpoint-store.js';
import { createStoreGuard, guardedRecords, guardedStore } from '../../src/github/store/guarded-store.js';
import { openChainLog } from '../../src/github/store/chain-log.js';
import type { RecordStore } from '../../src/github/store/record-store.js';
import { unavailable } from '../../src/github/store/store-trouble.js';
import { newStoreRig, storeFiles, type StoreFiles } from '../github/store-rig.js';
import { newTempFolder } from '../machine/temp-folder.js';
import { createFakeClock } from '../rig/fake-clock.js';
import { startGitHub } from '../rig/github/start-github.js';
import { newMemoryRecords } from '../rig/memory-records.js';
import { newMemoryStore } from '../rig/memory-store.js';
import { blobKinds, type BlobKind } from './blob-stores.js';

/** The stores of one start of the action, in a folder of their own. */
export type StartedStores = AsyncDisposable &
  StoreFiles & {
    readonly store: CheckpointStore;
    readonly records: RecordStore;
    /** Ends the start; its open calls get an error. */
    readonly close: () => Promise<void>;
  };

/** Stores of some kind, and what happens to them from outside. */
export type OpenStores = AsyncDisposable & {
  readonly start: (attempt?: number) => StartedStores;
  readonly evict: (key: string) => Promise<unknown>;
  /** Loses the second half of an entry. */
  readonly truncate: (key: string) => Promise<void>;
  /** From now on every call fails, or hangs, until `heal`. */
  readonly fail: () => void;
  readonly hang: () => void;
  /** From now on no save is completed, until `heal`. Settles when one has its key, but no entry yet. */
  readonly interrupt: () => Promise<void>;
  readonly heal: () => void;
  /** Moves the clock of calls that hang and of a guard's pause, where it is a fake one. */
  readonly pass: (ms: number) => Promise<void>;
};

/** Stores that are open during a suite, with a start in each of two attempts. */
export type SuiteStores = {
  readonly stores: OpenStores;
  readonly first: StartedStores;
  readonly second: StartedStores;
};

/** Opens stores before the tests of a suite, hands them over, and closes them after the tests. */
export const withSuiteStores = (open: StoreKind['open'], use: (opened: SuiteStores) => void): void => {
  let opened: SuiteStores | undefined;
  beforeAll(async () => {
    const stores = await open();
    opened = { stores, first: stores.start(1), second: stores.start(2) };
    use(opened);
  });
  afterAll(async () => {
    await opened?.first[Symbol.asyncDispose]();
    await opened?.second[Symbol.asyncDispose]();
    await opened?.stores[Symbol.asyncDispose]();
  });
};

/** More than the longest pause that a guard makes after an error. */
export const PAUSE_MS = 600_000;

/** A kind of stores that the suites run over. */
export type StoreKind = { readonly kind: string; readonly open: () => Promise<OpenStores> };

/** In memory, there behind a guard too, and GitHub's clients over the emulator with each kind of blobs. */
export const storeKinds = (): readonly StoreKind[] => [
  { kind: 'memory', open: () => Promise.resolve(openMemory({ isGuarded: false })) },
  { kind: 'memory behind a guard', open: () => Promise.resolve(openMemory({ isGuarded: true })) },
  ...blobKinds().map((blobs) => ({ kind: `GitHub's clients over ${blobs.kind}`, open: () => openGitHub(blobs) })),
];

const METHODS = ['find', 'download', 'save'] as const;
const RECORD_METHODS = ['list', 'download', 'save'] as const;

const openMemory = ({ isGuarded }: { readonly isGuarded: boolean }): OpenStores => {
  const clock = createFakeClock();
  const temp = newTempFolder();
  const [entries, records] = [newMemoryStore(clock), newMemoryRecords(clock)];
  const newGuard = () => {
    const chain = openChainLog(temp.at('chain.jsonl'), () => undefined);
    return createStoreGuard({ chain, now: clock.now, warn: () => undefined, note: () => undefined });
  };
  const faultAll = (fault: Parameters<typeof entries.fault>[1]): void => {
    for (const method of METHODS) entries.fault(method, fault);
    for (const method of RECORD_METHODS) records.fault(method, fault);
  };
  let started = 0;
  return {
    start: (attempt = 1) => {
      const folder = temp.at(`store-${String(++started)}`);
      const plain = { store: entries.open(folder), records: records.open(attempt) };
      const use = { without: 'nothing is saved', mayBeTaken: true };
      const stores = isGuarded
        ? {
            store: guardedStore(plain.store, newGuard(), use),
            records: guardedRecords(plain.records, newGuard(), use),
          }
        : plain;
      const close = (): Promise<void> => Promise.resolve();
      return { ...stores, ...storeFiles(folder), close, [Symbol.asyncDispose]: close };
    },
    evict: (key) => {
      entries.evict(key);
      return Promise.resolve();
    },
    truncate: (key) => {
      entries.truncate(key);
      return Promise.resolve();
    },
    fail: () => faultAll(unavailable('the store is ill')),
    hang: () => faultAll('hang'),
    interrupt: () => {
      entries.fault('save', 'interrupted');
      return Promise.resolve();
    },
    heal: () => {
      entries.heal();
      records.heal();
    },
    pass: clock.advance,
    [Symbol.asyncDispose]: () => {
      temp[Symbol.dispose]();
      return Promise.resolve();
    },
  };
};

const openGitHub = async (kind: BlobKind): Promise<OpenStores> => {
  const { blobs, close } = await kind.open();
  const github = await startGitHub({ blobs });
  return {
    start: (attempt = 1) => {
      const rig = newStoreRig(github.environment({ runId: '1', attempt }));
      return { ...rig, close: rig.client.close };
    },
    evict: github.evict,
    truncate: (key) => github.corrupt(key, 'truncate'),
    fail: () => github.fault({ on: 'both', kind: 'connection-loss' }),
    hang: () => github.fault({ on: 'both', kind: 'hang' }),
    interrupt: async () => {
      const earlier = new Set(github.requests);
      github.fault({ on: 'save', kind: 'blob-hang' });
      await github.untilRequest((request) => request.call === 'blob' && !earlier.has(request));
    },
    heal: github.heal,
    pass: () => Promise.resolve(),
    [Symbol.asyncDispose]: async () => {
      await github[Symbol.asyncDispose]();
      await close();
    },
  };
};
