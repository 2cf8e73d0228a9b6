import { newNonce } from '../../machine/new-id.js';
import { systemClock } from '../../machine/process/clock.js';
import type { Surroundings } from '../../machine/facts.js';
import type { Write } from '../../machine/files/descriptor.js';
import { ANSI } from '../../report/text/paint.js';
import { createActionDisplay } from '../log/action-display.js';
import { readActionInputs } from '../runner/action-inputs.js';
import { boundPost } from './bound-post.js';
import { runPost } from './run-post.js';
import type { PostState } from '../runner/post-state.js';
import { listenToRunner } from '../runner/job-signals.js';

/** The surroundings of `post`, and the state that main saved for it. */
export type PostStart = {
  readonly main: PostState;
  readonly surroundings: Surroundings;
  readonly write: Write;
  /** The command line of the worker process. */
  readonly storeProgram: readonly string[];
};

const STOP_TOKEN_BYTES = 16;

/** The `post` phase of the action: limited in time, and never fails the job. */
export const runPostPhase = async ({ main, surroundings, write, storeProgram }: PostStart): Promise<void> => {
  const display = createActionDisplay({ write, paint: ANSI }, newNonce(STOP_TOKEN_BYTES));
  const inputs = readActionInputs(surroundings.env);
  if (!inputs.ok) {
    display.warning(`nothing is saved: ${inputs.error.join('; ')}`);
  } else {
    const signals = listenToRunner(() => process.exit(0));
    const { scope } = signals;
    const work = runPost({ main, inputs: inputs.value, surroundings, storeProgram, display, scope });
    await boundPost(work, { clock: systemClock, scope, warn: display.warning });
    signals.release();
  }
  display.issueHeld();
};
