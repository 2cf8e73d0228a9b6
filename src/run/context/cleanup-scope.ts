import type { AbortScope, InnerScope } from './abort-scope.js';
import type { Cancel } from './ports.js';
import type { AbortionSettings, ListSum, RunContext } from './run-context.js';

/** Time limit for cleanup in milliseconds: the host's, else two minutes. */
export const cleanupLimitMs = ({ limitMs }: AbortionSettings): number => (limitMs === 0 ? 120_000 : limitMs);

/** Grace between TERM and KILL for cleanup that is out of time, in milliseconds. */
export const CLEANUP_GRACE_MS = 2000;

/**
 * A scope for the fallbacks that fire after their owner has ended. A stop of the owner's list starts their time limit;
 * a stop of the run ends them. The owner's own failure does not start the limit.
 */
export const cleanupScope = (
  owners: AbortScope,
  { status }: ListSum,
  { scope, abortion, ports }: Pick<RunContext, 'scope' | 'abortion' | 'ports'>,
): InnerScope => {
  const inner = scope.inner();
  let cancel: Cancel | undefined;
  const stopListening = owners.onAbort(({ cause }) => {
    if (cause === 'earlier-failure' && status !== 'aborted') return;
    cancel ??= ports.clock.after(cleanupLimitMs(abortion), () => {
      inner.abort({ cause, atOnce: false, graceLimitMs: CLEANUP_GRACE_MS });
    });
  });
  const close = (): void => {
    stopListening();
    cancel?.();
    inner.close();
  };
  return { ...inner, close };
};
