import { never } from '../../base/assert.js';
import { formatDuration } from '../../base/duration.js';
import type { RunState, StepRecord } from '../../state/run-state.js';
import type { Paint } from '../text/paint.js';
import { safeText } from '../text/safe-text.js';
import { plural } from './step-counts.js';
import { lookPaint, MARKS, stepLook } from './step-look.js';

/** The first line of a run attempt: `release run 4f2a, attempt 2`. */
export const renderRunHeading = ({ pipeline, runId, attempt }: RunState, { bold, dim }: Paint): string =>
  `${bold(safeText(pipeline))} ${dim(`run ${runId}${attempt > 1 ? `, attempt ${String(attempt)}` : ''}`)}`;

/** The content of the line before a step. */
export type Heading = {
  /** From 1; kept and skipped steps count. */
  readonly position: number;
  readonly total: number;
  readonly name: string;
  /** Why it runs, if that is not obvious. */
  readonly because?: string;
};

/** The line before a step: `[2/4] Name…`. */
export const renderHeading = (heading: Heading, paint: Paint): string => {
  const place = paint.dim(`[${String(heading.position)}/${String(heading.total)}]`);
  const why = heading.because === undefined ? '' : paint.dim(` (${safeText(heading.because)})`);
  return `${place} ${paint.bold(`${safeText(heading.name)}…`)}${why}`;
};

/** The line after a step: `✗ Name failed after 1.2s: exit code 1`. */
export const renderStepResult = (record: StepRecord, state: RunState, paint: Paint): string => {
  const look = stepLook(record, state);
  const mark = lookPaint(look, paint)(`${MARKS[look]} ${safeText(record.name)}`);
  return `${mark} ${endedText(record)}${record.tolerated ? ' (tolerated, the run continues)' : ''}`;
};

/** Some errors already say how the step ended. */
const endedText = (record: StepRecord): string => {
  const { error, status, durationMs } = record;
  if (error === undefined || status === 'succeeded') return howEnded(record);
  if (status === 'timed_out' && error.startsWith('timed out after ')) return safeText(error);
  if (status === 'aborted' && error.startsWith('aborted '))
    return `${safeText(error)} after ${formatDuration(durationMs)}`;
  return `${howEnded(record)}: ${safeText(error)}`;
};

const howEnded = (record: StepRecord): string => {
  const time = formatDuration(record.durationMs);
  switch (record.status) {
    case 'succeeded':
      return time;
    case 'timed_out':
      return `timed out after ${time}`;
    case 'failed':
    case 'errored':
    case 'aborted':
      return `${record.status} after ${time}`;
    case 'skipped':
    case 'waiting':
    case 'running':
      return record.status;
    default:
      return never(record.status);
  }
};

/** A step that starts no process in this attempt, and the reason. */
export type QuietStep = { readonly name: string; readonly because: string; readonly keptFrom?: number };

const LISTED = 5;

/** Lines for consecutive kept or skipped steps: each with its reason, or summarized in one line if there are many. */
export const renderQuietSteps = (steps: readonly QuietStep[], paint: Paint, all: boolean): readonly string[] => {
  const kept = steps.filter((step) => step.keptFrom !== undefined);
  const skipped = steps.filter((step) => step.keptFrom === undefined);
  return [
    ...(all || kept.length <= LISTED
      ? kept.map((step) => quietLine(paint.cyan(`${MARKS.kept} ${safeText(step.name)}`), 'kept', step.because))
      : [paint.cyan(`${MARKS.kept} ${plural(kept.length, 'step')} kept from ${attemptsText(kept)}`)]),
    ...(all || skipped.length <= LISTED
      ? skipped.map((step) => quietLine(`${MARKS.skipped} ${safeText(step.name)}`, 'skipped', step.because))
      : [`${MARKS.skipped} ${plural(skipped.length, 'step')} skipped, the first because: ${firstReason(skipped)}`]),
  ];
};

const quietLine = (step: string, what: string, because: string): string => `${step} ${what}: ${safeText(because)}`;

const firstReason = (steps: readonly QuietStep[]): string => safeText(steps[0]?.because ?? '');

const attemptsText = (steps: readonly QuietStep[]): string => {
  const attempts = [...new Set(steps.map((step) => step.keptFrom ?? 0))].sort((a, b) => a - b);
  return attempts.length === 1 ? `attempt ${String(attempts[0])}` : `attempts ${attempts.join(', ')}`;
};
