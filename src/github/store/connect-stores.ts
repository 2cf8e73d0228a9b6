import { systemClock } from '../../machine/process/clock.js';
import type { JobFolder } from '../../machine/job/job-folder.js';
import type { ActionInputs } from '../runner/action-inputs.js';
import type { ChainLog } from './chain-log.js';
import { guardStore, type GuardedStore } from './guarded-store.js';
import type { JobLogger } from '../log/job-logger.js';
import { startWorker, type Store } from './worker-client.js';
import { knownRefusal } from './worker-environment.js';

/** GitHub's stores, and what they are used with. */
export type JobStores = {
  readonly store: Store;
  readonly guard: GuardedStore;
  /** Undefined: nothing is encrypted. */
  readonly passphrase: string | undefined;
  /** Ends the worker process, also in the middle of something. */
  readonly close: () => Promise<void>;
};

/** What stores are connected with. */
export type ConnectOptions = {
  readonly inputs: Pick<ActionInputs, 'checkpoint' | 'encryptionKey'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: JobFolder;
  readonly chain: ChainLog;
  /** How to start the worker process. */
  readonly storeProgram: readonly string[];
  readonly logger: JobLogger;
};

/** Why there are no checkpoints although they were asked for; undefined when there are, or were not. */
export const whyNoStores = ({ inputs, env }: Pick<ConnectOptions, 'inputs' | 'env'>): string | undefined => {
  if (!inputs.checkpoint) return undefined;
  if (inputs.encryptionKey.kind === 'empty') return '"encryption-key" is empty, as a secret is in a run from a fork';
  return knownRefusal(env, 'find')?.message;
};

/** Connects to the stores without asking them anything yet; undefined where there are to be no checkpoints. */
export const connectStores = ({
  inputs,
  env,
  folder,
  chain,
  storeProgram,
  logger,
}: ConnectOptions): JobStores | undefined => {
  const { checkpoint, encryptionKey } = inputs;
  if (!checkpoint || whyNoStores({ inputs, env }) !== undefined) return undefined;
  const store = startWorker({
    program: storeProgram,
    folder: folder.storeFolder,
    env,
    onMask: logger.mask,
    onStarted: ({ pid, processStart }) => {
      chain.add({ type: 'store_started', pid, process_start: processStart });
    },
  });
  const guard = guardStore({ chain, now: systemClock.now, warn: logger.warn, note: logger.note });
  const close = (): Promise<void> => {
    guard.release();
    return store.close();
  };
  return { store, guard, passphrase: encryptionKey.kind === 'key' ? encryptionKey.passphrase : undefined, close };
};
