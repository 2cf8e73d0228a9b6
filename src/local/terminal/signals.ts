import type { AbortSignalName } from '../../report/exit-code.js';

/** What a signal does to a run. */
export type SignalHandlers = {
  /** First signal: an orderly end. */
  readonly abort: (signal: AbortSignalName) => void;
  /** Second signal, whichever: at once. */
  readonly abortNow: () => void;
  /** Tells the user. */
  readonly say: (line: string) => void;
  /** Milliseconds on any clock that only goes forward. */
  readonly now: () => number;
};

const SIGNALS: readonly AbortSignalName[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

// `npm run` passes on a Ctrl-C that the terminal has already sent to everyone.
const SAME_KEY_MS = 100;

/** Takes over the signals that end a program until the returned function gives them back. */
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
