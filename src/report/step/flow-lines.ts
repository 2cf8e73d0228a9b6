import { formatDuration } from '../../base/duration.js';
import { calledFilePath } from '../../language/model/pipeline.js';
import type { RunEvent } from '../../state/event.js';
import { safeText } from '../text/safe-text.js';
import { plural } from './step-counts.js';

/** A line between the starts and ends of steps, and its style. */
export type FlowLine = { readonly text: string; readonly paint: 'dim' | 'yellow' | 'bold' };

/** The line for a choice, a retry or a fallback; undefined for other events. */
export const flowLine = (event: RunEvent): FlowLine | undefined => {
  switch (event.type) {
    case 'attempt_failed':
      if (event.next_in_ms === undefined) return undefined;
      return { text: retryText(event, event.next_in_ms), paint: 'yellow' };
    case 'arm_chosen':
      return { text: `${event.step}: takes "${event.arm}"`, paint: 'dim' };
    case 'loop_decided':
      return event.goes_on ? { text: `${event.step}: iteration ${String(event.iteration)}`, paint: 'dim' } : undefined;
    case 'items_listed':
      return { text: `${event.step}: ${itemsText(event.items.length)}`, paint: 'dim' };
    case 'fallback_started':
      return { text: `${event.fallback} of ${ownerText(event.step)}…`, paint: 'bold' };
    default:
      return undefined;
  }
};

const itemsText = (count: number): string => (count === 0 ? 'no items' : plural(count, 'item'));

/** The owner of a fallback in words, from its path. */
export const ownerText = (owner: string): string => {
  if (owner === '') return 'the pipeline';
  const called = `/${calledFilePath('')}`;
  return owner.endsWith(called) ? `the pipeline of ${owner.slice(0, -called.length)}` : owner;
};

type AttemptFailed = Extract<RunEvent, { readonly type: 'attempt_failed' }>;

const retryText = ({ step, try: attempt, status, error }: AttemptFailed, nextInMs: number): string => {
  // The error may already say that it timed out.
  const what = status === 'timed_out' && error.startsWith('timed out') ? '' : `${status.replaceAll('_', ' ')}: `;
  const again = nextInMs === 0 ? 'again now' : `again in ${formatDuration(nextInMs)}`;
  return `attempt ${String(attempt)} of "${step}" ${what}${safeText(error)}; ${again}`;
};

/** How many steps that start processes an event adds to the work to do. */
export const addedSteps = (event: RunEvent): number =>
  'to_run' in event && event.type !== 'plan_made' ? event.to_run : 0;
