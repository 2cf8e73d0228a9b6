import { formatDuration } from '../base/duration.js';
import type { RunState, StepRecord } from '../state/run-state.js';
import type { StepLook } from './step-look.js';

/** What a table says on why a step is what it is; empty where that goes without saying. */
export const stepWhy = (record: StepRecord, look: StepLook, state: RunState): string => {
  if (look === 'kept') return `kept from attempt ${String(record.runAttempt)}`;
  if (look === 'tolerated') return `tolerated: ${record.error ?? record.status}`;
  if (look === 'interrupted') return 'it never ended';
  if (look === 'running') return 'it is running';
  if (look === 'skipped') return record.because;
  if (look === 'succeeded') return state.attempt > 1 ? record.because : '';
  return record.error ?? '';
};

/** How long a step took; empty where it did not come to an end. */
export const stepTime = (record: StepRecord, look: StepLook): string =>
  UNTIMED.has(look) ? '' : formatDuration(record.durationMs);

const UNTIMED: ReadonlySet<StepLook> = new Set(['skipped', 'interrupted', 'running', 'waiting']);
