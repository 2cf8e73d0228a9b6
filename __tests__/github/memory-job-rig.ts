import { createStoreGuard } from '../../src/github/store/guarded-store.js';
import { localArchives } from '../../src/github/store/local-archives.js';
import { isWordOnLeg } from '../rig/github/checkpoint-entries.js';
import { createFakeClock, type FakeClock } from '../rig/fake-clock.js';
import { newMemoryRecords, type MemoryRecords } from '../rig/memory-records.js';
import { newMemoryStore, type MemoryStore } from '../rig/memory-store.js';
import { newJobSpace, type JobSpace } from './job-rig.js';

/** A job whose stores are in memory and whose archives are packed in this process. Their trouble takes a fake clock's time. */
export type MemoryJobRig = JobSpace & {
  readonly store: MemoryStore;
  readonly records: MemoryRecords;
  readonly clock: FakeClock;
  /** Settles when a call to the store hangs, and lets so much time pass then. */
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

/** The keys of a store that are parts of checkpoints, oldest first; the others are claims and markers of legs. */
export const checkpointKeys = (store: MemoryStore): readonly string[] =>
  store.keys().filter((key) => !isWordOnLeg(key));
