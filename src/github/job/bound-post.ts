import type { AbortScope } from '../../run/context/abort-scope.js';
import type { Clock } from '../../run/context/ports.js';

/** What bounds the work of `post`. */
export type PostBounds = {
  readonly clock: Clock;
  /** Stopped when what runs has to end. */
  readonly scope: AbortScope;
  readonly warn: (message: string) => void;
};

/** Of a cancelled job all that is left to do must fit into 4 min 45 s; what still runs by then is ended first. */
const LIMIT_MS = 240_000;
const STOP_MS = 230_000;
const STOP_GRACE_MS = 2000;

/** Settles when the work has ended or 240 s are over, whichever is first; after 230 s the scope is stopped. */
export const boundPost = async (work: Promise<void>, { clock, scope, warn }: PostBounds): Promise<void> => {
  let cancel = (): void => undefined;
  const limit = new Promise<void>((resolve) => {
    cancel = clock.after(LIMIT_MS, () => {
      warn('the time is up: what is not saved by now runs again');
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
