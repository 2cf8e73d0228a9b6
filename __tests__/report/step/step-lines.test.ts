import { expect, test } from 'vitest';
import { PLAIN } from '../../../src/report/text/paint.js';
import {
  renderHeading,
  renderQuietSteps,
  renderRunHeading,
  renderStepResult,
} from '../../../src/report/step/step-lines.js';
import type { EventBody } from '../../../src/state/event.js';
import { failed, recordRun, started, succeeded } from '../recorded-run.js';

test('the line before an attempt names the run, and which attempt it is from the second on', () => {
  const run = recordRun();
  expect(renderRunHeading(run.state(), PLAIN)).toBe('release run r1');
  expect(renderRunHeading(run.resume(), PLAIN)).toBe('release run r1, attempt 2');
});

test('the line before a step has its place and its name', () => {
  expect(renderHeading({ position: 2, total: 4, name: 'Run tests' }, PLAIN)).toBe('[2/4] Run tests…');
});

test('the line before a step can say why it runs', () => {
  const heading = { position: 2, total: 4, name: 'Run\ttests', because: 'it failed last time' };
  expect(renderHeading(heading, PLAIN)).toBe('[2/4] Run\\ttests… (it failed last time)');
});

const resultOf = (ending: EventBody): string => {
  const state = recordRun().add(started('a', 'Step A'), ending);
  const record = state.steps.get('a');
  if (record === undefined) throw new Error('no record');
  return renderStepResult(record, state, PLAIN);
};

test.each<[EventBody, string]>([
  [succeeded('a'), '✓ Step A 1.2s'],
  [failed('a', 'exit code 7'), '✗ Step A failed after 0.3s: exit code 7'],
  [
    { type: 'step_failed', step: 'a', status: 'errored', error: 'no such shell', duration_ms: 0 },
    '✗ Step A errored after 0.0s: no such shell',
  ],
  [
    { type: 'step_timed_out', step: 'a', error: 'limit 5s', duration_ms: 5000 },
    '✗ Step A timed out after 5.0s: limit 5s',
  ],
  [
    { type: 'step_timed_out', step: 'a', error: 'timed out after 5.0s', duration_ms: 5010 },
    '✗ Step A timed out after 5.0s',
  ],
  [
    { type: 'step_aborted', step: 'a', by: 'signal', error: 'aborted by a signal', duration_ms: 900 },
    '⊘ Step A aborted by a signal after 0.9s',
  ],
  [
    { type: 'step_aborted', step: 'a', by: 'signal', error: 'ended by SIGINT', duration_ms: 900 },
    '⊘ Step A aborted after 0.9s: ended by SIGINT',
  ],
  [
    { type: 'step_continue_on_error', step: 'a', status: 'failed', error: 'exit code 1', duration_ms: 100 },
    '! Step A failed after 0.1s: exit code 1 (tolerated, the run continues)',
  ],
])('the line after a step says how it ended: %#', (ending, line) => {
  expect(resultOf(ending)).toBe(line);
});

const kept = (name: string, keptFrom = 1) => ({ name, because: 'it succeeded', keptFrom });
const many = (count: number) => Array.from({ length: count }, (_, index) => kept(`s${String(index)}`));

test('few kept or skipped steps are listed, each with its reason', () => {
  expect(renderQuietSteps([kept('A'), { name: 'B', because: 'A failed' }], PLAIN, false)).toEqual([
    '↻ A kept: it succeeded',
    '- B skipped: A failed',
  ]);
});

test('many kept steps are one line', () => {
  expect(renderQuietSteps(many(4000), PLAIN, false)).toEqual(['↻ 4000 steps kept from attempt 1']);
  expect(renderQuietSteps([...many(5), kept('x', 2)], PLAIN, false)).toEqual(['↻ 6 steps kept from attempts 1, 2']);
});

test('many skipped steps are one line with the first reason', () => {
  const skipped = many(4000).map(({ name }) => ({ name, because: 'Build failed' }));
  expect(renderQuietSteps(skipped, PLAIN, false)).toEqual(['- 4000 steps skipped, the first because: Build failed']);
});

test('all are listed when all are asked for', () => {
  expect(renderQuietSteps(many(40), PLAIN, true)).toHaveLength(40);
});
