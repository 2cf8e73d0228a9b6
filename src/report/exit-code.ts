import { never } from '../base/assert.js';
import type { RunState } from '../state/run-state.js';

/** The signals that abort a run. */
export type AbortSignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** Exit code for a wrong pipeline file or command line. */
export const EXIT_WRONG_INPUT = 2;

/** Exit code for a bug in Savepoint. */
export const EXIT_OUR_BUG = 70;

const OF_SIGNAL: Readonly<Record<AbortSignalName, number>> = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/** The exit code of a run that has ended; `signal` is the signal that aborted it, if any. */
export const exitCodeOf = (state: RunState, signal?: AbortSignalName): number => {
  switch (state.status) {
    case 'succeeded':
    case 'succeeded with warnings':
      return 0;
    case 'failed':
      return 1;
    case 'waiting':
      return 4;
    case 'aborted':
      return signal === undefined ? 1 : OF_SIGNAL[signal];
    case 'running':
      return EXIT_OUR_BUG;
    default:
      return never(state.status);
  }
};
