import { expect, test } from 'vitest';
import { warningsOf } from '../../../src/run/context/run-warnings.js';
import type { EventBody } from '../../../src/state/event.js';
import { begin, stateAfter, succeed } from '../../state/told-run.js';

const fallback = (
  step: string,
  name: 'on_started' | 'on_failure' | 'finally',
  status: 'failed' | 'succeeded',
): EventBody[] => [
  { type: 'fallback_started', step, fallback: name, to_run: 1 },
  {
    type: 'fallback_finished',
    step,
    fallback: name,
    status,
    duration_ms: 5,
    ...(status === 'failed' && { error: 'exit code 1' }),
  },
];

test('a run has a warning for each tolerated failure, check and fallback that failed without a consequence', () => {
  const state = stateAfter(
    begin('a'),
    { type: 'step_continue_on_error', step: 'a', status: 'failed', error: 'exit code 2', duration_ms: 1 },
    begin('b'),
    succeed('b', { warnings: ['expect: *.js: found 0 files'] }),
    ...fallback('b', 'finally', 'failed'),
    ...fallback('', 'on_failure', 'failed'),
  );
  expect(warningsOf(state)).toEqual([
    '"a" failed and was tolerated: exit code 2',
    '"b": expect: *.js: found 0 files',
    'the fallback finally of "b" failed: exit code 1',
    'the fallback on_failure of the pipeline failed: exit code 1',
  ]);
});

test('a fallback that went well, or that decided about its step, is none', () => {
  const state = stateAfter(
    begin('a'),
    ...fallback('a', 'on_started', 'failed'),
    ...fallback('a', 'finally', 'succeeded'),
  );
  expect(warningsOf(state)).toEqual([]);
});
