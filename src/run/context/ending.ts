import { EMPTY_LAYER } from '../../evaluate/context/export-frame.js';
import type { AbortCause, Status } from '../../state/event.js';
import type { Ending, ListSum } from './run-context.js';

/** How one attempt ended. `failed`: the user's command failed; `errored`: Savepoint or the machine did. */
export type Outcome =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly exitCode: number; readonly message?: string }
  | { readonly kind: 'timed-out'; readonly message: string }
  | { readonly kind: 'aborted'; readonly by: AbortCause }
  | { readonly kind: 'errored'; readonly message: string };

/** The layers of a step that exported nothing. */
export const NO_LAYERS: Ending['layers'] = { live: EMPTY_LAYER, recorded: EMPTY_LAYER };

/** Whether an ending counts as a failure for the steps after it. */
export const isFailure = ({ status, tolerated }: Pick<Ending, 'status' | 'tolerated'>): boolean =>
  !tolerated && (status === 'failed' || status === 'timed_out' || status === 'errored' || status === 'aborted');

/**
 * The worst of the endings of a list. A list that was stopped from outside before all its steps had ended is aborted:
 * always if a signal or a gate stopped it, otherwise only if no step failed by itself.
 */
export const sumUp = (endings: readonly Ending[], stopped: AbortCause | undefined): ListSum => {
  const worst = worstOf(endings);
  const failed = worst !== undefined && isFailure(worst) ? worst : undefined;
  const isCut = stopped !== undefined && endings.some(({ cause }) => cause === stopped);
  if (isCut && (stopped === 'signal' || stopped === 'gate' || (failed?.status ?? 'aborted') === 'aborted')) {
    const path = endings.find(({ cause, failedPath }) => cause === stopped && failedPath !== undefined)?.failedPath;
    const where = path === undefined ? {} : { failedPath: path };
    return { status: 'aborted', tolerated: false, cause: stopped, error: describeAbort(stopped), ...where };
  }
  if (failed === undefined) return { status: 'succeeded', tolerated: false };
  const { status, error, failedPath } = failed;
  return {
    status,
    tolerated: false,
    ...(error !== undefined && { error }),
    ...(failedPath !== undefined && { failedPath }),
  };
};

const BADNESS: Readonly<Record<Status, number>> = {
  skipped: 0,
  succeeded: 1,
  waiting: 2,
  failed: 4,
  timed_out: 5,
  errored: 6,
  aborted: 7,
};

/** The worst ending. A tolerated failure counts as success; an abort by an earlier failure is the mildest failure. */
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

/** One line on why a step ended early. */
export const describeAbort = (cause: AbortCause): string => ABORTED_BY[cause];

const ABORTED_BY: Readonly<Record<AbortCause, string>> = {
  signal: 'aborted by a signal',
  'earlier-failure': 'ended because another step failed',
  'timeout-of-container': 'ended because the time of what it belongs to was up',
  gate: 'aborted at a gate',
};
