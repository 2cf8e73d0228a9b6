import { systemClock } from '../../machine/process/clock.js';
import { createAbortScope, type AbortScope } from '../../run/context/abort-scope.js';
import type { AbortSignalName } from '../../report/exit-code.js';

/** What a runner's signals do to a run. */
export type JobSignals = {
  readonly scope: AbortScope;
  /** The first one that came. */
  readonly received: () => AbortSignalName | undefined;
  readonly release: () => void;
};

/** The runner sends SIGINT, after 7.5 s SIGTERM, after another 2.5 s SIGKILL; what is not on the disk by then is lost. */
const GRACE_LIMIT_MS = 4000;
const EXIT_AFTER_MS = 6500;

/** Listens to the runner: the first signal stops the run with a short grace, and `leave` is called when time is up. */
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
