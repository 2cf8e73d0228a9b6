import { systemClock } from '../../machine/process/clock.js';
import { createAbortScope, type AbortScope } from '../../run/context/abort-scope.js';
import type { AbortSignalName } from '../../report/exit-code.js';

/** The effect of the runner's signals on a run. */
export type JobSignals = {
  readonly scope: AbortScope;
  /** The first signal received. */
  readonly received: () => AbortSignalName | undefined;
  readonly release: () => void;
};

/** The runner sends SIGINT, SIGTERM after 7.5 s, and SIGKILL after another 2.5 s; data not on disk then is lost. */
const GRACE_LIMIT_MS = 4000;
const EXIT_AFTER_MS = 6500;

/** Handles the runner's signals: the first one stops the run with a short grace, and `leave` is called when time is up. */
export const listenToRunner = (leave: () => void): JobSignals => {
  const scope = createAbortScope();
  let received: AbortSignalName | undefined;
  let cancel = (): void => undefined;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (received !== undefined) {
      scope.abort({ cause: 'signal', atOnce: true });
      return;
    }
    received = signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT';
    cancel = systemClock.after(EXIT_AFTER_MS, leave);
    scope.abort({ cause: 'signal', atOnce: false, graceLimitMs: GRACE_LIMIT_MS });
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    scope,
    received: () => received,
    release: () => {
      cancel();
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
};
