import { formatDuration } from '../../base/duration.js';
import { calledFilePath } from '../../language/model/pipeline.js';
import type { RunEvent } from '../../state/event.js';
import type { Paint } from '../text/paint.js';
import { safeText } from '../text/safe-text.js';
import { plural } from './step-counts.js';

/** The line for an event between the starts and ends of steps: a choice, another attempt, a fallback; undefined for none. */
export const renderFlow = (event: RunEvent, { dim, yellow, bold }: Paint): string | undefined => {
  switch (event.type) {
    case 'attempt_failed':
      return event.next_in_ms === undefined ? undefined : yellow(retryText(event, event.next_in_ms));
    case 'arm_chosen':
      return dim(`${event.step}: takes "${event.arm}"`);
    case 'loop_decided':
      return event.goes_on ? dim(`${event.step}: iteration ${String(event.iteration)}`) : undefined;
    case 'items_listed':
      return dim(`${event.step}: ${event.items.length === 0 ? 'no items' : plural(event.items.length, 'item')}`);
    case 'fallback_started':
      return bold(`${event.fallback} of ${ownerText(event.step)}…`);
    default:
      return undefined;
  }
};

/** What a fallback belongs to, by the path of its owner. */
export const ownerText = (owner: string): string => {
  if (owner === '') return 'the pipeline';
  const called = `/${calledFilePath('')}`;
  return owner.endsWith(called) ? `the pipeline of ${owner.slice(0, -called.length)}` : owner;
};

type AttemptFailed = Extract<RunEvent, { readonly type: 'attempt_failed' }>;

const retryText = ({ step, try: attempt, status, error }: AttemptFailed, nextInMs: number): string => {
  // Some errors say it all.
  const what = status === 'timed_out' && error.startsWith('timed out') ? '' : `${status.replaceAll('_', ' ')}: `;
  const again = nextInMs === 0 ? 'again now' : `again in ${formatDuration(nextInMs)}`;
  return `attempt ${String(attempt)} of "${step}" ${what}${safeText(error)}; ${again}`;
};

/** How many steps that start processes an event adds to what is to run. */
export const addedSteps = (event: RunEvent): number =>
  'to_run' in event && event.type !== 'plan_made' ? event.to_run : 0;
