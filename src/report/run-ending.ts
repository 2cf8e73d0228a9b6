import { never } from '../base/assert.js';
import { formatDuration } from '../base/duration.js';
import type { RunState } from '../state/run-state.js';
import type { AbortSignalName } from './exit-code.js';
import { failureText, loopAdvice } from './failure-text.js';
import { flakyLines } from './step/flaky-steps.js';
import type { Paint } from './text/paint.js';
import { safeText } from './text/safe-text.js';
import { countLooks, plural } from './step/step-counts.js';
import { MARKS } from './step/step-look.js';

/** Facts about the end of a run that are not in its state. */
export type EndingOptions = {
  readonly paint: Paint;
  /** Duration of this attempt. */
  readonly elapsedMs: number;
  /** False when the journal could not be written. */
  readonly resumable: boolean;
  readonly signal?: AbortSignalName;
  /** The command line for this run: `savepoint resume --work-dir x` for `resume`. */
  readonly commandLine: (words: string) => string;
};

const WARNINGS_SHOWN = 10;

/** The last lines of a run: how it ended, what failed first, and what to do next. */
export const renderEnding = (state: RunState, options: EndingOptions): readonly string[] => [
  ...warningLines(state, options.paint),
  ...flakyLines(state, options.paint),
  verdict(state, options),
  ...nextLines(state, options),
];

/** The message of a resume that finds nothing to do. */
export const renderNothingToDo = (state: RunState, paint: Paint): string =>
  `${paint.green(MARKS.succeeded)} nothing to do: run ${state.runId} of ${safeText(state.pipeline)} is finished (${state.status})`;

const warningLines = (state: RunState, paint: Paint): readonly string[] => {
  const shown = state.warnings.slice(0, WARNINGS_SHOWN).map((text) => `${paint.yellow('warning:')} ${safeText(text)}`);
  const hidden = state.warnings.length - shown.length;
  return hidden > 0 ? [...shown, `and ${plural(hidden, 'more warning')}`] : shown;
};

const verdict = (state: RunState, options: EndingOptions): string => {
  const { paint, elapsedMs, signal } = options;
  const name = safeText(state.pipeline);
  const time = formatDuration(elapsedMs);
  switch (state.status) {
    case 'succeeded':
      return `${paint.green(`${MARKS.succeeded} ${name} succeeded`)} in ${time}${keptText(state)}`;
    case 'succeeded with warnings':
      return `${paint.yellow(`${MARKS.succeeded} ${name} succeeded with warnings`)} in ${time}${keptText(state)}`;
    case 'failed':
      return `${paint.red(`${MARKS.failed} ${name} failed`)} after ${time}${failureText(state)}`;
    case 'aborted':
      return `${paint.yellow(`${MARKS.aborted} ${name} was aborted`)}${signal === undefined ? '' : ` by ${signal}`} after ${time}`;
    case 'waiting':
      return `${paint.yellow(`${MARKS.waiting} ${name} is waiting`)} after ${time}`;
    case 'running':
      return paint.yellow(`${MARKS.interrupted} ${name} was interrupted`);
    default:
      return never(state.status);
  }
};

const keptText = (state: RunState): string => {
  const { byLook, savedMs } = countLooks(state);
  const kept = byLook.get('kept') ?? 0;
  return kept === 0 ? '' : ` (${plural(kept, 'step')} kept from before, saved ${formatDuration(savedMs)})`;
};

const nextLines = (state: RunState, options: EndingOptions): readonly string[] => {
  if (state.status === 'succeeded' || state.status === 'succeeded with warnings') return [];
  const { paint, commandLine } = options;
  const path = state.failedStep ?? '';
  const advice = loopAdvice(state);
  return [
    ...(advice === undefined ? [] : [`  loop:    ${advice}`]),
    ...(path === '' ? [] : [`  log:     ${commandLine(`logs ${inShell(path)}`)}`]),
    `  ${options.resumable ? resumeText(state, commandLine) : paint.yellow(NOT_RESUMABLE)}`,
  ];
};

/** Quotes brackets, which shells read as a pattern. */
const inShell = (path: string): string => (path.includes('[') ? `'${path}'` : path);

const NOT_RESUMABLE = 'not resumable: the journal could not be written, so the next run starts from the beginning';

const resumeText = (state: RunState, commandLine: EndingOptions['commandLine']): string => {
  const { byLook } = countLooks(state);
  const done = (byLook.get('succeeded') ?? 0) + (byLook.get('kept') ?? 0) + (byLook.get('tolerated') ?? 0);
  return `resume:  ${commandLine('resume')}${done === 0 ? '' : ` (keeps ${plural(done, 'finished step')})`}`;
};
