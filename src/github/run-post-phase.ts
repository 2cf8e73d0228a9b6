import { newNonce } from '../machine/nonce.js';
import { systemClock } from '../machine/clock.js';
import type { Write } from '../machine/write-fd.js';
import { ANSI } from '../report/paint.js';
import { createActionDisplay, type ActionDisplay } from './action-display.js';
import { readActionInputs } from './action-inputs.js';
import { runPost } from './run-post.js';
import type { PostState } from './post-state.js';

/** Where `post` was started, and what main left to it. */
export type PostStart = {
  readonly main: PostState;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly write: Write;
  /** How to start the store process. */
  readonly storeProgram: readonly string[];
};

/** Of a cancelled job all that is left to do must fit into 4 min 45 s. */
const LIMIT_MS = 240_000;
const STOP_TOKEN_BYTES = 16;

/** The `post` phase of the action: bounded in time, and never a reason for a job to fail. */
export const runPostPhase = async ({ main, env, write, storeProgram }: PostStart): Promise<void> => {
  const display = createActionDisplay({ write, paint: ANSI }, newNonce(STOP_TOKEN_BYTES));
  const inputs = readActionInputs(env);
  if (!inputs.ok) {
    display.warning(`nothing is saved: ${inputs.error.join('; ')}`);
  } else {
    const talk = { warn: display.warning, note: display.note, mask: display.secret };
    await within(LIMIT_MS, runPost({ main, inputs: inputs.value, env, storeProgram, talk }), display);
  }
  display.issueHeld();
};

const within = async (limitMs: number, work: Promise<void>, { warning }: ActionDisplay): Promise<void> => {
  let cancel = (): void => undefined;
  const limit = new Promise<void>((resolve) => {
    cancel = systemClock.after(limitMs, () => {
      warning('the time is up: what is not saved by now runs again');
      resolve();
    });
  });
  await Promise.race([work, limit]);
  cancel();
};
