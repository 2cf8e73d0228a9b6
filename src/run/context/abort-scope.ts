import type { AbortCause } from '../../state/event.js';

/** A stop, as its listeners get it: the cause, and whether to skip the grace. */
export type Abort = {
  readonly cause: AbortCause;
  readonly atOnce: boolean;
  /** Upper bound for the grace. */
  readonly graceLimitMs?: number;
};

/**
 * A part of a run that can be stopped separately: the whole run, or a container's list.
 * The first cause is kept; a later `atOnce` is still passed on. Stopping a scope stops its inner scopes.
 */
export type AbortScope = {
  /** Undefined until the scope is stopped. */
  readonly cause: () => AbortCause | undefined;
  readonly abort: (abort: Abort) => void;
  /** Calls back on each stop, immediately if already stopped; returns a function that removes the listener. */
  readonly onAbort: (listener: (abort: Abort) => void) => () => void;
  /** A scope inside this one; `close` it when its part has ended. */
  readonly inner: () => InnerScope;
};

/** A scope inside another. */
export type InnerScope = AbortScope & { readonly close: () => void };

/** Creates a scope that is not stopped. */
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

/** A scope that ignores a stop of the other scope unless that stop is `atOnce`. */
export const stoppedAtOnce = ({ onAbort }: AbortScope): InnerScope => {
  const scope = createAbortScope();
  const close = onAbort((abort) => {
    if (abort.atOnce) scope.abort(abort);
  });
  return { ...scope, close };
};
