import type { StepRecord } from '../state/run-state.js';
import { isCompleted } from '../state/state-file.js';
import type { PlanSite } from './planning.js';

/** Whether a step is done. A failed step is done too if the failure of a container around it was tolerated. */
export const isDone = (record: StepRecord, { tolerated }: Pick<PlanSite, 'tolerated'>): boolean =>
  isCompleted(record) || (tolerated && record.status !== 'running');

/** The reason for keeping a step that is done. */
export const keptBecause = ({ status, runAttempt }: StepRecord): string =>
  status === 'succeeded'
    ? `finished in attempt ${String(runAttempt)}`
    : `its failure in attempt ${String(runAttempt)} was tolerated`;

/** The reason for running a step that is not done. */
export const lastTime = ({ status, isInterrupted }: StepRecord): string => {
  switch (isInterrupted ? 'running' : status) {
    case 'running':
      return 'it was interrupted';
    case 'timed_out':
      return 'it timed out last time';
    case 'errored':
      return 'it could not run last time';
    case 'aborted':
      return 'it was aborted last time';
    case 'waiting':
      return 'it was waiting';
    case 'skipped':
      return 'it is no longer held back';
    case 'failed':
    case 'succeeded':
      return `it ${status} last time`;
  }
};

/** The reason for running a step again when a step upstream of it finished later. */
export const RAN_AFTER = 'something it needs ran again after it';
