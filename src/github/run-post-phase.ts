import { newNonce } from '../machine/nonce.js';
import { systemClock } from '../machine/clock.js';
import type { Surroundings } from '../machine/facts.js';
import type { Write } from '../machine/write-fd.js';
import type { AbortScope } from '../run/abort-scope.js';
import { ANSI } from '../report/paint.js';
import { createActionDisplay, type ActionDisplay } from './action-display.js';
import { readActionInputs } from './action-inputs.js';
import { runPost } from './run-post.js';
import type { PostState } from './post-state.js';
import { listenToRunner } from './job-signals.js';

/** Where `post` was started, and what main left to it. */
export type PostStart = {
  readonly main: PostState;
  readonly surroundings: Surroundings;
  readonly write: Write;
  /** How to start the store process. */
  readonly storeProgram: readonly string[];
};

/** Of a cancelled job all that is left to do must fit into 4 min 45 s; what still runs by then is ended first. */
const LIMIT_MS = 240_000;
const STOP_MS = 230_000;
const STOP_GRACE_MS = 2000;
const STOP_TOKEN_BYTES = 16;

/** The `post` phase of the action: bounded in time, and never a reason for a job to fail. */
export const runPostPhase = async ({ main, surroundings, write, storeProgram }: PostStart): Promise<void> => {
  const display = createActionDisplay({ write, paint: ANSI }, newNonce(STOP_TOKEN_BYTES));
  const inputs = readActionInputs(surroundings.env);
  if (!inputs.ok) {
    display.warning(`nothing is saved: ${inputs.error.join('; ')}`);
  } else {
    const signals = listenToRunner(() => process.exit(0));
    const { scope } = signals;
    await within(runPost({ main, inputs: inputs.value, surroundings, storeProgram, display, scope }), scope, display);
    signals.release();
  }
  display.issueHeld();
};

const within = async (work: Promise<void>, scope: AbortScope, { warning }: ActionDisplay): Promise<void> => {
  let cancel = (): void => undefined;
  const limit = new Promise<void>((resolve) => {
    cancel = systemClock.after(LIMIT_MS, () => {
      warning('the time is up: what is not saved by now runs again');
      resolve();
    });
  });
  const cancelStop = systemClock.after(STOP_MS, () => {
    scope.abort({ cause: 'signal', atOnce: false, graceLimitMs: STOP_GRACE_MS });
  });
  await Promise.race([work, limit]);
  cancel();
  cancelStop();
};
