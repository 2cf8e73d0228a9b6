import type { AbortScope } from '../../run/context/abort-scope.js';
import type { Clock } from '../../run/context/ports.js';

/** What is needed to limit the time of `post`. */
export type PostBounds = {
  readonly clock: Clock;
  /** Aborted when running steps have to end. */
  readonly scope: AbortScope;
  readonly warn: (message: string) => void;
};

/** A cancelled job has 4 min 45 s for everything left; running steps are stopped before that. */
const LIMIT_MS = 240_000;
const STOP_MS = 230_000;
const STOP_GRACE_MS = 2000;

/** Waits for the work for at most 240 s; after 230 s the scope is aborted. */
export const boundPost = async (work: Promise<void>, { clock, scope, warn }: PostBounds): Promise<void> => {
  let cancel = (): void => undefined;
  const limit = new Promise<void>((resolve) => {
    cancel = clock.after(LIMIT_MS, () => {
      warn('the time is up: steps that are not saved yet run again in a re-run');
      resolve();
    });
  });
  const cancelStop = clock.after(STOP_MS, () => {
    scope.abort({ cause: 'signal', atOnce: false, graceLimitMs: STOP_GRACE_MS });
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    cancel();
    cancelStop();
  }
};
