import { expect, test } from 'vitest';
import { resolveStep, type Resolution } from '../../../src/run/step/resolve-step.js';
import type { EventBody } from '../../../src/state/event.js';

const produced = { duration_ms: 5 };

const eventFor = (resolution: Omit<Resolution, 'produced'>): EventBody | undefined => {
  const events: EventBody[] = [];
  const recorder = { emit: (body: EventBody) => void events.push(body), warn: () => {}, resumable: () => true };
  const state = (): never => {
    throw new Error('not asked for');
  };
  resolveStep('a', { ...resolution, produced }, { ...recorder, state });
  expect(events).toHaveLength(1);
  return events[0];
};

test.each<[Omit<Resolution, 'produced'>, Partial<EventBody>]>([
  [{ status: 'succeeded', tolerated: false }, { type: 'step_succeeded' }],
  [
    { status: 'failed', tolerated: false, error: 'e' },
    { type: 'step_failed', status: 'failed', error: 'e' },
  ],
  [
    { status: 'errored', tolerated: false, error: 'e' },
    { type: 'step_failed', status: 'errored', error: 'e' },
  ],
  [
    { status: 'timed_out', tolerated: false, error: 'e' },
    { type: 'step_timed_out', error: 'e' },
  ],
  [
    { status: 'aborted', tolerated: false, cause: 'gate', error: 'e' },
    { type: 'step_aborted', by: 'gate', error: 'e' },
  ],
  [
    { status: 'timed_out', tolerated: true, error: 'e' },
    { type: 'step_continue_on_error', status: 'timed_out', error: 'e' },
  ],
])('%o is one event', (resolution, event) => {
  expect(eventFor(resolution)).toEqual({ step: 'a', ...produced, ...event });
});
