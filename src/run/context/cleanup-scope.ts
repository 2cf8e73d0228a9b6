import type { AbortScope, InnerScope } from './abort-scope.js';
import type { Cancel } from './ports.js';
import type { AbortionSettings, ListSum, RunContext } from './run-context.js';

/** How long what cleans up may take, in milliseconds: as the host says, else two minutes. */
export const cleanupLimitMs = ({ limitMs }: AbortionSettings): number => (limitMs === 0 ? 120_000 : limitMs);

/** Between TERM and KILL for what cleans up and is out of time, in milliseconds. */
export const CLEANUP_GRACE_MS = 2000;

/**
 * A scope for what fires after an owner has ended: a stop of the owner's list does not end it at once, but bounds it
 * from then on; a stop of the run ends it. What failed by itself is not bounded by the failure that it is.
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
