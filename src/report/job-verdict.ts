import { never } from '../base/assert.js';
import { formatDuration } from '../base/duration.js';
import { startsProcesses, type RunState, type StepRecord } from '../state/run-state.js';
import { isCompleted } from '../state/state-file.js';
import { isInFallback } from '../state/in-fallback.js';
import { interruptedText, type InterruptedAttempt } from './interrupted-attempt.js';
import type { AbortSignalName } from './exit-code.js';
import { failureText } from './failure-text.js';
import { flakySteps, flakyText } from './step/flaky-steps.js';
import { safeText } from './text/safe-text.js';
import { plural } from './step/step-counts.js';
import { isKept, MARKS, type StepLook } from './step/step-look.js';

/**
 * What became of the checkpoints of a job: the newest one is saved, is still to be saved when the job ends, could not be,
 * the user wants none, or there was nothing to save.
 */
export type CheckpointReport = {
  readonly status: 'saved' | 'pending' | 'failed' | 'off' | 'none';
  /** Why it is so, in a sentence. */
  readonly detail?: string;
  /** Paths of finished steps that a re-run cannot keep, such as for a file that is not stored. */
  readonly again?: readonly string[];
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
  /** The attempt before was interrupted; it was ended now. */
  readonly interrupted?: InterruptedAttempt;
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
      return { look: 'failed', text: `${name} failed after ${time}${failureText(state)}` };
    case 'aborted':
      return {
        look: 'aborted',
        text: `${name} was aborted${signal === undefined ? '' : ` by ${signal}`} after ${time}${causeText(signal)}`,
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

/** What that signal of the runner means. */
const causeText = (signal: AbortSignalName | undefined): string =>
  signal === 'SIGINT' ? ': the job was cancelled, or its time was over' : '';

/** What a resume did not have to do again. Containers do not count, their steps do. */
export type Savings = { readonly stepsResumed: number; readonly savedMs: number };

/** Counts the steps whose results were kept from before, and how long they had taken. */
export const resumeSavings = ({ state, nothingToDo }: Pick<JobEnd, 'state' | 'nothingToDo'>): Savings => {
  const kept = [...state.steps.values()].filter(
    (record) => isPipelineStep(record) && (nothingToDo ? isCompleted(record) : isKept(record, state)),
  );
  return { stepsResumed: kept.length, savedMs: kept.reduce((sum, { durationMs }) => sum + durationMs, 0) };
};

const isPipelineStep = (record: StepRecord): boolean => startsProcesses(record) && !isInFallback(record.path);

/** Whether this attempt went on with an earlier one. */
export const isResumed = ({ state, nothingToDo }: Pick<JobEnd, 'state' | 'nothingToDo'>): boolean =>
  nothingToDo || state.attempt > 1;

/** The state to be shown: where nothing ran, all that was done is kept from before. */
export const shownState = ({ state, nothingToDo }: Pick<JobEnd, 'state' | 'nothingToDo'>): RunState =>
  nothingToDo ? { ...state, attempt: state.attempt + 1 } : state;

/** Says in a sentence that the attempt before was interrupted, and whether its cleanup ran; undefined where it was not. */
export const interruptedNote = ({ interrupted }: JobEnd): string | undefined => {
  if (interrupted === undefined) return undefined;
  const text = interruptedText(interrupted.steps);
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${interrupted.hasCleanup ? '; its cleanup ran now' : ''}.`;
};

/** Which steps passed only when they were tried again, as a sentence; undefined where none did in this attempt. */
export const flakyNote = ({ state, nothingToDo }: JobEnd): string | undefined => {
  const flaky = nothingToDo ? [] : flakySteps(state);
  return flaky.length === 0 ? undefined : `Flaky: ${flakyText(flaky)}.`;
};

/** What was kept and what that saved, as a sentence; undefined where nothing was resumed. */
export const resumedText = (end: JobEnd): string | undefined => {
  if (!isResumed(end)) return undefined;
  const { stepsResumed, savedMs } = resumeSavings(end);
  if (stepsResumed === 0) return 'Resumed, but no step was kept from before.';
  return `Resumed: ${plural(stepsResumed, 'step')} kept from before, saved ${formatDuration(savedMs)}.`;
};

/** What a re-run of the job will do, as a sentence; undefined after a success. */
export const rerunText = ({ state, checkpoint }: JobEnd): string | undefined => {
  if (isSuccess(state)) return undefined;
  const done = [...state.steps.values()].filter((record) => isPipelineStep(record) && isCompleted(record)).length;
  if (done === 0) return '"Re-run failed jobs" starts from the beginning: no step had finished.';
  if (checkpoint.status === 'saved') return `"Re-run failed jobs" resumes here${keptText(done, checkpoint)}.`;
  return checkpoint.status === 'pending' ? PENDING : lostText(checkpoint);
};

const isSuccess = ({ status }: RunState): boolean => status === 'succeeded' || status === 'succeeded with warnings';

const keptText = (done: number, { again = [] }: CheckpointReport): string => {
  const finished = plural(done, 'finished step');
  if (again.length === 0) return ` and keeps ${finished}`;
  const names = again.slice(0, NAMES_SHOWN).map((path) => `"${safeText(path)}"`);
  const more = again.length > NAMES_SHOWN ? ` and ${String(again.length - NAMES_SHOWN)} more` : '';
  return `, but of ${finished} these run again, with all that need them: ${names.join(', ')}${more}`;
};

const NAMES_SHOWN = 5;

const PENDING = '"Re-run failed jobs" resumes here: finished steps are saved at the end of this job.';

const LOST: Readonly<Record<Exclude<CheckpointReport['status'], 'saved' | 'pending'>, string>> = {
  failed: '"Re-run failed jobs" may have to repeat finished steps, because the latest checkpoint could not be saved',
  off: '"Re-run failed jobs" starts from the beginning, because checkpoints are switched off',
  none: '"Re-run failed jobs" starts from the beginning, because there is no checkpoint',
};

const lostText = ({ status, detail }: CheckpointReport): string => {
  if (status === 'saved' || status === 'pending') return '';
  return `${LOST[status]}${detail === undefined ? '' : `: ${safeText(detail)}`}.`;
};

/** How to have every step run, as a sentence; undefined where every step has run. */
export const freshText = (end: JobEnd): string | undefined => {
  if (!isResumed(end)) return undefined;
  if (end.nothingToDo || !isSuccess(end.state)) return START_FRESH;
  return resumeSavings(end).stepsResumed === 0 ? undefined : FRESH_AFTER_SUCCESS;
};

const FRESH_AFTER_SUCCESS = 'To run every step again, re-run this job after it has succeeded.';

/** A re-run cannot change its workflow file, a variable it can. */
const START_FRESH =
  "To start fresh instead, push a commit; or, where the workflow has `resume: ${{ vars.SAVEPOINT_RESUME || 'auto' }}`, " +
  'set the variable SAVEPOINT_RESUME to "never" and re-run.';
