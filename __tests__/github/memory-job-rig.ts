import { createStoreGuard } from '../../src/github/store/guarded-store.js';
import { localArchives } from '../../src/github/store/local-archives.js';
import { isWordOnLeg } from '../rig/github/checkpoint-entries.js';
import { createFakeClock, type FakeClock } from '../rig/fake-clock.js';
import { newMemoryRecords, type MemoryRecords } from '../rig/memory-records.js';
import { newMemoryStore, type MemoryStore } from '../rig/memory-store.js';
import { newJobSpace, type JobSpace } from './job-rig.js';

/** A job with stores in memory, which packs archives in this process. Faults of the stores take time on a fake clock. */
export type MemoryJobRig = JobSpace & {
  readonly store: MemoryStore;
  readonly records: MemoryRecords;
  readonly clock: FakeClock;
  /** Waits until a call to the store hangs, then advances the clock. */
  readonly passHanging: (ms: number) => Promise<void>;
};

/** Makes an empty workspace and empty stores. */
export const newMemoryJobRig = (): MemoryJobRig => {
  const clock = createFakeClock(0);
  const [store, records] = [newMemoryStore(clock), newMemoryRecords(clock)];
  const space = newJobSpace({
    environment: () => ({}),
    connect: ({ inputs, identity, folder, chain, logger }) => {
      const guard = createStoreGuard({ chain, now: clock.now, warn: logger.warn, note: logger.note });
      const { encryptionKey } = inputs;
      return {
        store: store.open(folder.storeFolder),
        records: records.open(identity.attempt),
        archives: localArchives(),
        guard,
        passphrase: encryptionKey.kind === 'key' ? encryptionKey.passphrase : undefined,
        close: () => {
          guard.release();
          return Promise.resolve();
        },
      };
    },
  });
  const passHanging = async (ms: number): Promise<void> => {
    await store.untilHanging();
    await clock.advance(ms);
  };
  return { ...space, store, records, clock, passHanging };
};

/** The keys of checkpoint parts in a store, oldest first; the other keys are claims and markers. */
export const checkpointKeys = (store: MemoryStore): readonly string[] =>
  store.keys().filter((key) => !isWordOnLeg(key));
