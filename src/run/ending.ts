import { EMPTY_LAYER } from '../plan/export-frame.js';
import type { AbortCause, Status } from '../state/event.js';
import type { Ending } from './run-context.js';

/** How one attempt ended. `failed` is the user's command; `errored` is us or the machine. */
export type Outcome =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly exitCode: number; readonly message?: string }
  | { readonly kind: 'timed-out'; readonly message: string }
  | { readonly kind: 'aborted'; readonly by: AbortCause }
  | { readonly kind: 'errored'; readonly message: string };

/** An ending that exported nothing. */
export const NO_LAYERS: Ending['layers'] = { live: EMPTY_LAYER, recorded: EMPTY_LAYER };

/** Whether an ending counts as a failure for what comes after it. */
export const isFailure = ({ status, tolerated }: Ending): boolean =>
  !tolerated && (status === 'failed' || status === 'timed_out' || status === 'errored' || status === 'aborted');

const BADNESS: Readonly<Record<Status, number>> = {
  skipped: 0,
  succeeded: 1,
  waiting: 2,
  failed: 4,
  timed_out: 5,
  errored: 6,
  aborted: 7,
};

/** The worst of several endings; a tolerated one counts as succeeded, one ended for an earlier failure least among failures. */
export const worstOf = (endings: readonly Ending[]): Ending | undefined => {
  let worst: Ending | undefined;
  for (const ending of endings) {
    if (worst === undefined || badness(ending) > badness(worst)) worst = ending;
  }
  return worst;
};

const badness = ({ status, tolerated, cause }: Ending): number => {
  if (tolerated) return BADNESS.succeeded;
  return status === 'aborted' && cause === 'earlier-failure' ? BADNESS.failed - 1 : BADNESS[status];
};
