import { formatDuration } from '../../base/duration.js';
import type { InnerScope } from '../context/abort-scope.js';
import { CLEANUP_GRACE_MS } from '../context/cleanup-scope.js';
import { fireCleanup } from './fire-fallbacks.js';
import type { Engine, PendingFallbacks } from '../context/run-context.js';
import { nameOfOwner } from '../context/run-warnings.js';

/** How long owed fallbacks may take, and what stops them before that; the scope is closed at the end. */
export type CleanupBounds = { readonly limitMs: number; readonly scope: InnerScope };

/**
 * Fires what a stop of the run kept from firing, one after the other in the order given. Ended all together when their
 * time is up or they are stopped: those that had not begun by then are given back, with their claims unmade.
 */
export const firePending = async (
  pendingFallbacks: readonly PendingFallbacks[],
  { limitMs, scope }: CleanupBounds,
  engine: Engine,
): Promise<readonly PendingFallbacks[]> => {
  const { clock } = engine.context.ports;
  let isOver = false;
  const cancel = clock.after(limitMs, () => {
    isOver = true;
    scope.abort({ cause: 'timeout-of-container', atOnce: false, graceLimitMs: CLEANUP_GRACE_MS });
  });
  const endedBecause = (): string | undefined =>
    isOver ? `cleaning up took longer than ${formatDuration(limitMs)}` : undefined;
  // What is stopped in here is over: nothing of it is owed again.
  const inside = { ...engine, context: { ...engine.context, scope, pendingFallbacks: [] } };
  const left: PendingFallbacks[] = [];
  for (const { owner, names, ended } of pendingFallbacks) {
    for (const name of names) {
      if (scope.cause() === undefined) await fireCleanup(owner, { name, ended, scope, endedBecause }, inside);
      else left.push({ owner, names: [name], ended });
    }
  }
  cancel();
  scope.close();
  return left;
};

/** The fallbacks that did not get their turn, for a message. */
export const namePending = (left: readonly PendingFallbacks[]): string =>
  left.map(({ owner, names }) => `${names.join(', ')} of ${nameOfOwner(owner.path)}`).join('; ');
