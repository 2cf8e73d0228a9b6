import { systemClock } from '../../machine/process/clock.js';
import type { JobFolder } from '../../machine/job/job-folder.js';
import type { ActionInputs } from '../runner/action-inputs.js';
import type { ChainLog } from './chain-log.js';
import { createStoreGuard, type StoreGuard } from './guarded-store.js';
import type { JobLogger } from '../log/job-logger.js';
import { startWorker, type WorkerClient } from './worker-client.js';
import { knownRefusal } from './worker-environment.js';

/** The stores of a job, still unguarded, with their guard. Closing them ends the worker process in whatever it does. */
export type JobStores = WorkerClient & {
  readonly guard: StoreGuard;
  /** Undefined: nothing is encrypted. */
  readonly passphrase: string | undefined;
};

/** How the stores of a job are connected. */
export type ConnectOptions = {
  readonly inputs: Pick<ActionInputs, 'checkpoint' | 'encryptionKey'>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: JobFolder;
  readonly chain: ChainLog;
  /** How to start the worker process. */
  readonly storeProgram: readonly string[];
  readonly logger: JobLogger;
};

/** Why there are no checkpoints although the user wants them; undefined if there are, or if the user wants none. */
export const whyNoStores = ({ inputs, env }: Pick<ConnectOptions, 'inputs' | 'env'>): string | undefined => {
  if (!inputs.checkpoint) return undefined;
  if (inputs.encryptionKey.kind === 'empty') return '"encryption-key" is empty, as a secret is in a run from a fork';
  return knownRefusal(env, 'find')?.message;
};

/** Connects to the stores without asking them anything yet; undefined if there are to be no checkpoints. */
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
  const worker = startWorker({
    program: storeProgram,
    folder: folder.storeFolder,
    env,
    onMask: logger.mask,
    onStarted: ({ pid, processStart }) => {
      chain.add({ type: 'store_started', pid, process_start: processStart });
    },
  });
  const guard = createStoreGuard({ chain, now: systemClock.now, warn: logger.warn, note: logger.note });
  const close = (): Promise<void> => {
    guard.release();
    return worker.close();
  };
  const passphrase = encryptionKey.kind === 'key' ? encryptionKey.passphrase : undefined;
  return { ...worker, guard, passphrase, close };
};
