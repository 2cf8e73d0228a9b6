import { never } from '../../base/assert.js';
import { formatDuration } from '../../base/duration.js';
import { isInFallback } from '../../state/in-fallback.js';
import type { Choice, FallbackRecord, RunState, StepRecord } from '../../state/run-state.js';
import { isFlaky } from '../../state/state-file.js';
import { plural } from './step-counts.js';
import type { StepLook } from './step-look.js';

/** The reason shown for a step in a table; empty when it is obvious. */
export const stepWhy = (record: StepRecord, look: StepLook, state: RunState): string => {
  if (look === 'kept') return keptText(record);
  if (look === 'tolerated') return `tolerated: ${record.error ?? record.status}`;
  if (look === 'interrupted') return 'it never ended';
  if (look === 'running') return runningText(record);
  if (look === 'skipped') return record.because;
  if (look !== 'succeeded') return record.error ?? '';
  return [
    ...(record.choice === undefined ? [] : [choiceText(record.choice)]),
    ...(isFlaky(record) ? [`flaky: passed at attempt ${String(record.tries)}`] : []),
    ...(state.attempt > 1 && !isInFallback(record.path) ? [record.because] : []),
  ].join('; ');
};

/** Steps of a fallback are never kept, only their owner is; their record from that attempt is still shown. */
const keptText = (record: StepRecord): string =>
  `${isInFallback(record.path) ? 'ran in' : 'kept from'} attempt ${String(record.runAttempt)}${isFlaky(record) ? ', flaky' : ''}`;

/** The reason shown for a fallback in a table; empty when it succeeded. */
export const fallbackWhy = (record: FallbackRecord, look: StepLook): string => {
  if (look === 'kept') return `ran in attempt ${String(record.runAttempt)}`;
  if (look === 'tolerated') return `only a warning: ${record.error ?? record.status}`;
  if (look === 'interrupted') return 'it never ended';
  if (look === 'running') return 'it is running';
  return look === 'succeeded' ? '' : (record.error ?? '');
};

const runningText = ({ choice, error }: StepRecord): string =>
  [
    'it is running',
    ...(choice === undefined ? [] : [choiceText(choice)]),
    ...(error === undefined ? [] : [`an attempt failed: ${error}`]),
  ].join('; ');

/** The choice of a container: `takes "else"`, `2 iterations` or `12 items`. */
const choiceText = (choice: Choice): string => {
  switch (choice.kind) {
    case 'arm':
      return `takes "${choice.arm}"`;
    case 'iterations':
      return plural(choice.count, 'iteration');
    case 'items':
      return plural(choice.items.length, 'item');
    default:
      return never(choice);
  }
};

/** The duration of a step or fallback; empty if it did not end. */
export const timeText = (durationMs: number, look: StepLook): string =>
  UNTIMED.has(look) ? '' : formatDuration(durationMs);

const UNTIMED: ReadonlySet<StepLook> = new Set(['skipped', 'interrupted', 'running', 'waiting']);
