import { never } from '../base/assert.js';
import { formatDuration } from '../base/duration.js';
import type { RunState, StepRecord } from '../state/run-state.js';
import { isCompleted } from '../state/state-file.js';
import type { AbortSignalName } from './exit-code.js';
import { safeText } from './safe-text.js';
import { plural } from './step-counts.js';
import { isKept, MARKS, type StepLook } from './step-look.js';

/**
 * What became of the checkpoints of a job: the newest one is saved, is still to be saved when the job ends, could not be,
 * the user wants none, or there was nothing to save. `detail` says why in a sentence.
 */
export type CheckpointReport = {
  readonly status: 'saved' | 'pending' | 'failed' | 'off' | 'none';
  readonly detail?: string;
};

/** How a run in a job ended. */
export type JobEnd = {
  readonly state: RunState;
  /** Of this attempt. */
  readonly elapsedMs: number;
  /** Everything was done already, so that nothing ran. */
  readonly nothingToDo: boolean;
  readonly checkpoint: CheckpointReport;
  readonly signal?: AbortSignalName;
};

/** A verdict for people, on one line without colours, and how it is meant. */
export type JobVerdict = { readonly look: StepLook; readonly text: string };

/** How a run in a job ended, and what failed first. */
export const jobVerdict = (end: JobEnd): JobVerdict => {
  const { state, elapsedMs, signal, nothingToDo } = end;
  const name = safeText(state.pipeline);
  const time = formatDuration(elapsedMs);
  if (nothingToDo) return { look: 'kept', text: `${name} had finished before (${state.status}), nothing to do` };
  switch (state.status) {
    case 'succeeded':
      return { look: 'succeeded', text: `${name} succeeded in ${time}` };
    case 'succeeded with warnings':
      return { look: 'tolerated', text: `${name} succeeded with warnings in ${time}` };
    case 'failed':
      return { look: 'failed', text: `${name} failed after ${time}${failureText(failedStep(state))}` };
    case 'aborted':
      return {
        look: 'aborted',
        text: `${name} was aborted${signal === undefined ? '' : ` by ${signal}`} after ${time}`,
      };
    case 'waiting':
      return { look: 'waiting', text: `${name} is waiting after ${time}` };
    case 'running':
      return { look: 'interrupted', text: `${name} was interrupted` };
    default:
      return never(state.status);
  }
};

/** The verdict with its mark. */
export const markedVerdict = ({ look, text }: JobVerdict): string => `${MARKS[look]} ${text}`;

/** The step that a failed run failed at first; undefined where it was none. */
export const failedStep = (state: RunState): StepRecord | undefined =>
  state.failedStep === undefined ? undefined : state.steps.get(state.failedStep);

const failureText = (record: StepRecord | undefined): string => {
  if (record === undefined) return '';
  const path = record.name === record.path ? '' : ` (${record.path})`;
  return ` at ${safeText(record.name)}${path}: ${safeText(record.error ?? record.status)}`;
};

/** What a resume did not have to do again. Containers do not count, their steps do. */
export type Savings = { readonly stepsResumed: number; readonly savedMs: number };

/** Counts the steps whose results were kept from before, and how long they had taken. */
export const resumeSavings = ({ state, nothingToDo }: Pick<JobEnd, 'state' | 'nothingToDo'>): Savings => {
  const kept = [...state.steps.values()].filter(
    (record) => isProcess(record) && (nothingToDo ? isCompleted(record) : isKept(record, state)),
  );
  return { stepsResumed: kept.length, savedMs: kept.reduce((sum, { durationMs }) => sum + durationMs, 0) };
};

const isProcess = ({ kind }: StepRecord): boolean => kind === 'script' || kind === 'commands';

/** Whether this attempt went on with an earlier one. */
export const isResumed = ({ state, nothingToDo }: Pick<JobEnd, 'state' | 'nothingToDo'>): boolean =>
  nothingToDo || state.attempt > 1;

/** What was kept and what that saved, as a sentence; undefined where nothing was resumed. */
export const resumedText = (end: JobEnd): string | undefined => {
  if (!isResumed(end)) return undefined;
  const { stepsResumed, savedMs } = resumeSavings(end);
  if (stepsResumed === 0) return 'Resumed, but no finished step could be kept.';
  return `Resumed: ${plural(stepsResumed, 'step')} kept from before, saved ${formatDuration(savedMs)}.`;
};

/** What a re-run of the job will do, as a sentence; undefined after a success. */
export const rerunText = ({ state, checkpoint }: JobEnd): string | undefined => {
  if (state.status === 'succeeded' || state.status === 'succeeded with warnings') return undefined;
  const done = [...state.steps.values()].filter((record) => isProcess(record) && isCompleted(record)).length;
  if (checkpoint.status === 'saved') {
    return `"Re-run failed jobs" goes on from here and keeps ${plural(done, 'finished step')}.`;
  }
  if (checkpoint.status === 'pending') return PENDING;
  return done === 0 ? '"Re-run failed jobs" starts from the beginning: no step had finished.' : lostText(checkpoint);
};

const PENDING = '"Re-run failed jobs" goes on after the steps that are saved at the end of this job.';

const LOST: Readonly<Record<Exclude<CheckpointReport['status'], 'saved' | 'pending'>, string>> = {
  failed: '"Re-run failed jobs" may have to repeat finished steps: the latest checkpoint could not be saved',
  off: '"Re-run failed jobs" starts from the beginning: checkpoints are switched off',
  none: '"Re-run failed jobs" starts from the beginning: there is no checkpoint',
};

const lostText = ({ status, detail }: CheckpointReport): string => {
  if (status === 'saved' || status === 'pending') return '';
  return `${LOST[status]}${detail === undefined ? '' : ` (${safeText(detail)})`}.`;
};

/** How to keep a re-run from resuming; a re-run cannot change its workflow file, a variable it can. */
export const START_FRESH =
  'To start fresh instead, set the variable SAVEPOINT_RESUME to "never" and re-run, where the workflow has ' +
  "`resume: ${{ vars.SAVEPOINT_RESUME || 'auto' }}`; in any other, push a commit.";
