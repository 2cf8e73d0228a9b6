import { formatDuration } from '../../base/duration.js';
import type { InnerScope } from '../context/abort-scope.js';
import { CLEANUP_GRACE_MS } from '../context/cleanup-scope.js';
import { fireCleanup } from './fire-fallbacks.js';
import type { Means, OwedFallbacks } from '../context/run-context.js';
import { nameOfOwner } from '../context/run-warnings.js';

/** How long owed fallbacks may take, and what stops them before that; the scope is closed at the end. */
export type OwedBounds = { readonly limitMs: number; readonly scope: InnerScope };

/**
 * Fires what a stop of the run kept from firing, one after the other in the order given. Ended all together when their
 * time is up or they are stopped: those that had not begun by then are given back, with their claims unmade.
 */
export const fireOwed = async (
  owed: readonly OwedFallbacks[],
  { limitMs, scope }: OwedBounds,
  means: Means,
): Promise<readonly OwedFallbacks[]> => {
  const { clock } = means.context.ports;
  let isOver = false;
  const cancel = clock.after(limitMs, () => {
    isOver = true;
    scope.abort({ cause: 'timeout-of-container', atOnce: false, graceLimitMs: CLEANUP_GRACE_MS });
  });
  const endedBecause = (): string | undefined =>
    isOver ? `cleaning up took longer than ${formatDuration(limitMs)}` : undefined;
  // What is stopped in here is over: nothing of it is owed again.
  const inside = { ...means, context: { ...means.context, scope, owed: [] } };
  const left: OwedFallbacks[] = [];
  for (const { owner, names, ended } of owed) {
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
export const nameOwed = (left: readonly OwedFallbacks[]): string =>
  left.map(({ owner, names }) => `${names.join(', ')} of ${nameOfOwner(owner.path)}`).join('; ');
