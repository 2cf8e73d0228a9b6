import { never } from '../../base/assert.js';
import { isCompleted } from '../../state/state-file.js';
import type { FallbackRecord, RunState, StepRecord } from '../../state/run-state.js';
import type { Paint } from '../text/paint.js';

/** The status a step is shown with; `kept`: from an earlier attempt; `interrupted`: it never ended. */
export type StepLook =
  'succeeded' | 'tolerated' | 'kept' | 'failed' | 'aborted' | 'interrupted' | 'running' | 'skipped' | 'waiting';

/** The look of a step; `live` while a process is working on its run. */
export const stepLook = (record: StepRecord, state: RunState, live = false): StepLook => {
  if (isKept(record, state)) return 'kept';
  if (record.tolerated) return 'tolerated';
  switch (record.status) {
    case 'succeeded':
    case 'aborted':
    case 'skipped':
    case 'waiting':
      return record.status;
    case 'failed':
    case 'timed_out':
    case 'errored':
      return 'failed';
    case 'running':
      return live ? 'running' : 'interrupted';
    default:
      return never(record.status);
  }
};

/** Whether a step completed in an earlier attempt and did not run again in the current one. */
export const isKept = (record: StepRecord, state: RunState): boolean =>
  record.runAttempt < state.attempt && isCompleted(record);

/** The look of a fallback; `tolerated` when its failure is only a warning. */
export const fallbackLook = (record: FallbackRecord, state: RunState, live = false): StepLook => {
  switch (record.status) {
    case 'succeeded':
      return record.runAttempt < state.attempt ? 'kept' : 'succeeded';
    case 'aborted':
    case 'skipped':
    case 'waiting':
      return record.status;
    case 'failed':
    case 'timed_out':
    case 'errored':
      return record.name === 'on_started' || record.name === 'on_success' ? 'failed' : 'tolerated';
    case 'running':
      return live && record.runAttempt === state.attempt ? 'running' : 'interrupted';
    default:
      return never(record.status);
  }
};

/** The mark before a step's name. */
export const MARKS: Readonly<Record<StepLook, string>> = {
  succeeded: '✓',
  tolerated: '!',
  kept: '↻',
  failed: '✗',
  aborted: '⊘',
  interrupted: '⊘',
  running: '▸',
  skipped: '-',
  waiting: '…',
};

/** The colour of a step's mark. */
export const lookPaint = (look: StepLook, paint: Paint): ((text: string) => string) => {
  switch (look) {
    case 'succeeded':
      return paint.green;
    case 'kept':
    case 'running':
      return paint.cyan;
    case 'failed':
      return paint.red;
    case 'tolerated':
    case 'aborted':
    case 'interrupted':
    case 'waiting':
      return paint.yellow;
    case 'skipped':
      return paint.dim;
    default:
      return never(look);
  }
};
