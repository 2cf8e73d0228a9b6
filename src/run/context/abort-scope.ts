import type { AbortCause } from '../../state/event.js';

/** What a stop tells those that listen: why, and whether to skip the grace. */
export type Abort = {
  readonly cause: AbortCause;
  readonly atOnce: boolean;
  /** The longest grace there is time for. */
  readonly graceLimitMs?: number;
};

/**
 * One part of a run that can be stopped by itself: the run, or a container's list.
 * The first cause stays the cause; a later `atOnce` is passed on. Stopping a scope stops those made from it.
 */
export type AbortScope = {
  /** Undefined while nothing has stopped it. */
  readonly cause: () => AbortCause | undefined;
  readonly abort: (abort: Abort) => void;
  /** Calls back on each stop, at once when there was one; gives back how to stop listening. */
  readonly onAbort: (listener: (abort: Abort) => void) => () => void;
  /** A scope within this one; `close` it when its part has ended. */
  readonly inner: () => InnerScope;
};

/** A scope within another. */
export type InnerScope = AbortScope & { readonly close: () => void };

/** A scope that nothing has stopped. */
export const createAbortScope = (): AbortScope => {
  const listeners = new Set<(abort: Abort) => void>();
  let latest: Abort | undefined;
  const abort = ({ cause, atOnce, ...limit }: Abort): void => {
    if (latest !== undefined && (latest.atOnce || !atOnce)) return;
    latest = { ...limit, cause: latest?.cause ?? cause, atOnce };
    for (const listener of [...listeners]) listener(latest);
  };
  const onAbort = (listener: (abort: Abort) => void): (() => void) => {
    listeners.add(listener);
    if (latest !== undefined) listener(latest);
    return () => listeners.delete(listener);
  };
  return { cause: () => latest?.cause, abort, onAbort, inner: () => innerScope(onAbort) };
};

const innerScope = (onOuterAbort: AbortScope['onAbort']): InnerScope => {
  const scope = createAbortScope();
  return { ...scope, close: onOuterAbort(scope.abort) };
};

/** A scope that goes on when the other is stopped, until that is to be at once. */
export const stoppedAtOnce = ({ onAbort }: AbortScope): InnerScope => {
  const scope = createAbortScope();
  const close = onAbort((abort) => {
    if (abort.atOnce) scope.abort(abort);
  });
  return { ...scope, close };
};
