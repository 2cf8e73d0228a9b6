import { never } from '../base/assert.js';
import type { RunState } from '../state/run-state.js';
import { renderColumns } from './text/columns.js';
import { flakyLines } from './step/flaky-steps.js';
import { PLAIN, type Paint } from './text/paint.js';
import { safeText } from './text/safe-text.js';
import { countsText, plural } from './step/step-counts.js';
import { renderTable, type Surface } from './step/terminal-table.js';

/** What a status shows beyond the state. */
export type StatusOptions = Surface & {
  /** Whether a process is working on this run. */
  readonly live: boolean;
  readonly formatTime: (ms: number) => string;
  /** The command line that resumes this run. */
  readonly resumeCommand: string;
};

/** The status of a run: its state, every step, and how to resume it. */
export const renderStatus = (state: RunState, options: StatusOptions): readonly string[] => [
  `${options.paint.bold(safeText(state.pipeline))} ${statusText(state, options)}`,
  `run ${state.runId}, attempt ${String(state.attempt)}, started ${options.formatTime(state.startedAt)}`,
  countsText(state, options.live),
  '',
  ...renderTable(state, options, { limit: undefined, paths: true, live: options.live }),
  ...state.warnings.map((text) => `${options.paint.yellow('warning:')} ${safeText(text)}`),
  ...flakyLines(state, options.paint),
  ...(canGoOn(state, options.live) ? ['', `resume: ${options.resumeCommand}`] : []),
];

/** Earlier runs, newest first, each with the id that `resume` takes. */
export const renderHistory = (states: readonly RunState[], options: StatusOptions): readonly string[] => {
  if (states.length === 0) return [];
  const rows = states.map((state) => [
    { text: `  ${state.runId}` },
    { text: safeText(state.pipeline) },
    { text: statusText(state, { ...options, live: false, paint: PLAIN }) },
    { text: options.formatTime(state.startedAt), paint: options.paint.dim },
  ]);
  return [`${plural(states.length, 'earlier run')}:`, ...renderColumns(rows, options.columns)];
};

const canGoOn = (state: RunState, live: boolean): boolean =>
  !live && state.status !== 'succeeded' && state.status !== 'succeeded with warnings';

const statusText = (state: RunState, { live, paint }: { live: boolean; paint: Paint }): string => {
  switch (state.status) {
    case 'succeeded':
      return paint.green('succeeded');
    case 'failed':
      return paint.red('failed');
    case 'succeeded with warnings':
    case 'aborted':
    case 'waiting':
      return paint.yellow(state.status);
    case 'running':
      if (!live) return paint.yellow('was interrupted');
      return state.isCleanedUpLate || isAborted(state) ? paint.yellow('was aborted, its fallbacks run') : 'is running';
    default:
      return never(state.status);
  }
};

/** Whether the run is being stopped: it ends once its fallbacks have run. */
const isAborted = ({ steps, attempt }: RunState): boolean =>
  [...steps.values()].some(
    ({ status, cause, runAttempt }) => runAttempt === attempt && status === 'aborted' && cause === 'signal',
  );
