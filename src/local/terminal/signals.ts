import type { AbortSignalName } from '../../report/exit-code.js';

/** What to do on a signal. */
export type SignalHandlers = {
  /** On the first signal: an orderly end. */
  readonly abort: (signal: AbortSignalName) => void;
  /** On a second signal of any kind: an immediate end. */
  readonly abortNow: () => void;
  /** Tells the user. */
  readonly say: (line: string) => void;
  /** Milliseconds on any clock that only goes forward. */
  readonly now: () => number;
};

const SIGNALS: readonly AbortSignalName[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

// `npm run` forwards a Ctrl-C that the terminal has already sent to all processes.
const SAME_KEY_MS = 100;

/** Handles the signals that end a program until the returned function is called. */
export const handleSignals = (handlers: SignalHandlers): (() => void) => {
  let stoppingSince: number | undefined;
  const onSignal = (signal: AbortSignalName): void => {
    if (stoppingSince !== undefined) {
      if (handlers.now() - stoppingSince < SAME_KEY_MS) return;
      handlers.say('ending everything at once');
      handlers.abortNow();
      return;
    }
    stoppingSince = handlers.now();
    handlers.say(stoppingText(signal));
    handlers.abort(signal);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
};

const stoppingText = (signal: AbortSignalName): string =>
  signal === 'SIGINT'
    ? 'stopping: running steps get time to end; press Ctrl-C again to end them at once'
    : `stopping (${signal}): running steps get time to end; a second signal ends them at once`;
