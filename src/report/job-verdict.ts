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
 * The state of a job's newest checkpoint: saved, to be saved when the job ends, failed to save, switched off, or none
 * because there was nothing to save.
 */
export type CheckpointReport = {
  readonly status: 'saved' | 'pending' | 'failed' | 'off' | 'none';
  /** The reason, as a sentence. */
  readonly detail?: string;
  /** Paths of finished steps that a re-run cannot keep, for example because a file is not stored. */
  readonly again?: readonly string[];
};

/** How a run in a job ended. */
export type JobEnd = {
  readonly state: RunState;
  /** Duration of this attempt. */
  readonly elapsedMs: number;
  /** Everything was done already, so nothing ran. */
  readonly nothingToDo: boolean;
  readonly checkpoint: CheckpointReport;
  readonly signal?: AbortSignalName;
  /** Set when the previous attempt was interrupted and this one ended it. */
  readonly interrupted?: InterruptedAttempt;
};

/** A verdict as one line without colours, and the look it is shown with. */
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

/** The verdict after its mark. */
export const markedVerdict = ({ look, text }: JobVerdict): string => `${MARKS[look]} ${text}`;

/** What that signal of the runner means to the user. */
const causeText = (signal: AbortSignalName | undefined): string =>
  signal === 'SIGINT' ? ': the job was cancelled, or its time was over' : '';

/** The work a resume saved; counts steps, not containers. */
export type Savings = { readonly stepsResumed: number; readonly savedMs: number };

/** Counts the steps kept from earlier attempts and adds up their durations. */
export const resumeSavings = ({ state, nothingToDo }: Pick<JobEnd, 'state' | 'nothingToDo'>): Savings => {
  const kept = [...state.steps.values()].filter(
    (record) => isPipelineStep(record) && (nothingToDo ? isCompleted(record) : isKept(record, state)),
  );
  return { stepsResumed: kept.length, savedMs: kept.reduce((sum, { durationMs }) => sum + durationMs, 0) };
};

const isPipelineStep = (record: StepRecord): boolean => startsProcesses(record) && !isInFallback(record.path);

/** Whether this attempt continued an earlier one. */
export const isResumed = ({ state, nothingToDo }: Pick<JobEnd, 'state' | 'nothingToDo'>): boolean =>
  nothingToDo || state.attempt > 1;

/** The state to show: when nothing ran, all steps count as kept from before. */
export const shownState = ({ state, nothingToDo }: Pick<JobEnd, 'state' | 'nothingToDo'>): RunState =>
  nothingToDo ? { ...state, attempt: state.attempt + 1 } : state;

/** A sentence on an interrupted previous attempt and whether its cleanup ran; undefined without one. */
export const interruptedNote = ({ interrupted }: JobEnd): string | undefined => {
  if (interrupted === undefined) return undefined;
  const text = interruptedText(interrupted.steps);
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${interrupted.hasCleanup ? '; its cleanup ran now' : ''}.`;
};

/** A sentence that names the steps that passed only after a retry in this attempt; undefined without any. */
export const flakyNote = ({ state, nothingToDo }: JobEnd): string | undefined => {
  const flaky = nothingToDo ? [] : flakySteps(state);
  return flaky.length === 0 ? undefined : `Flaky: ${flakyText(flaky)}.`;
};

/** A sentence on the steps kept and the time saved; undefined in a fresh run. */
export const resumedText = (end: JobEnd): string | undefined => {
  if (!isResumed(end)) return undefined;
  const { stepsResumed, savedMs } = resumeSavings(end);
  if (stepsResumed === 0) return 'Resumed, but no step was kept from before.';
  return `Resumed: ${plural(stepsResumed, 'step')} kept from before, saved ${formatDuration(savedMs)}.`;
};

/** A sentence on what a re-run of the job will do; undefined after a success. */
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

/** A sentence on how to run every step again; undefined when every step has run. */
export const freshText = (end: JobEnd): string | undefined => {
  if (!isResumed(end)) return undefined;
  if (end.nothingToDo || !isSuccess(end.state)) return START_FRESH;
  return resumeSavings(end).stepsResumed === 0 ? undefined : FRESH_AFTER_SUCCESS;
};

const FRESH_AFTER_SUCCESS = 'To run every step again, re-run this job after it has succeeded.';

/** A re-run uses the same workflow file, but reads variables again. */
const START_FRESH =
  "To start fresh instead, push a commit; or, where the workflow has `resume: ${{ vars.SAVEPOINT_RESUME || 'auto' }}`, " +
  'set the variable SAVEPOINT_RESUME to "never" and re-run.';
