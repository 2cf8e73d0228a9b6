import { never } from '../../base/assert.js';
import type { Produced } from '../../state/event.js';
import type { Ending } from '../context/run-context.js';
import type { Recorder } from '../context/recorder.js';

/** How a step ended, as far as it is recorded. */
export type Resolution = Pick<Ending, 'status' | 'tolerated' | 'cause' | 'error'> & { readonly produced: Produced };

/** Records the end of a step in the one event that resolves it. */
export const resolveStep = (step: string, resolution: Resolution, { emit }: Recorder): void => {
  const { status, tolerated, cause = 'signal', error = '', produced } = resolution;
  if (tolerated) {
    emit({ type: 'step_continue_on_error', step, status, error, ...produced });
    return;
  }
  switch (status) {
    case 'failed':
    case 'errored':
      emit({ type: 'step_failed', step, status, error, ...produced });
      return;
    case 'timed_out':
      emit({ type: 'step_timed_out', step, error, ...produced });
      return;
    case 'aborted':
      emit({ type: 'step_aborted', step, by: cause, error, ...produced });
      return;
    case 'succeeded':
    case 'skipped':
    case 'waiting':
      emit({ type: 'step_succeeded', step, ...produced });
      return;
    default:
      never(status);
  }
};
