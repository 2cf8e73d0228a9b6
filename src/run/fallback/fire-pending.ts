import { formatDuration } from '../../base/duration.js';
import type { InnerScope } from '../context/abort-scope.js';
import { CLEANUP_GRACE_MS } from '../context/cleanup-scope.js';
import { fireCleanup } from './fire-fallbacks.js';
import type { Engine, PendingFallbacks } from '../context/run-context.js';
import { nameOfOwner } from '../context/run-warnings.js';

/** Time limit of pending fallbacks, and the scope that can stop them earlier; it is closed at the end. */
export type CleanupBounds = { readonly limitMs: number; readonly scope: InnerScope };

/**
 * Fires pending fallbacks one after the other, in the order given. All of them end when their time is up or the scope
 * is stopped. Returns those that had not begun; they stay unclaimed.
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
  // A fallback that is stopped here does not become pending again.
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

/** Names the fallbacks that did not fire, for a message. */
export const namePending = (left: readonly PendingFallbacks[]): string =>
  left.map(({ owner, names }) => `${names.join(', ')} of ${nameOfOwner(owner.path)}`).join('; ');
