import { expect, test } from 'vitest';
import { ANSI } from '../../src/report/paint.js';
import { lookPaint, MARKS, stepLook, type StepLook } from '../../src/report/step-look.js';
import type { EventBody } from '../../src/state/event.js';
import { failed, recordRun, started, succeeded } from './recorded-run.js';

const lookAfter = (...bodies: readonly EventBody[]): StepLook => {
  const state = recordRun().add(started('a'), ...bodies);
  const record = state.steps.get('a');
  if (record === undefined) throw new Error('no record');
  return stepLook(record, state);
};

const ended = { step: 'a', error: 'e', duration_ms: 1 } as const;

test.each<[StepLook, readonly EventBody[]]>([
  ['interrupted', []],
  ['succeeded', [succeeded('a')]],
  ['failed', [failed('a')]],
  ['failed', [{ type: 'step_timed_out', ...ended }]],
  ['aborted', [{ type: 'step_aborted', by: 'signal', ...ended }]],
  ['tolerated', [{ type: 'step_continue_on_error', status: 'timed_out', ...ended }]],
  ['skipped', [{ type: 'step_skipped', step: 'a', name: 'A', because: 'b' }]],
])('a step looks %s: %#', (look, bodies) => {
  expect(lookAfter(...bodies)).toBe(look);
});

test('only finished work of an earlier attempt is kept', () => {
  const run = recordRun();
  run.add(started('a'), succeeded('a'), started('b'), failed('b'));
  const state = run.resume();
  expect([...state.steps.values()].map((record) => stepLook(record, state))).toEqual(['kept', 'failed']);
});

test('every look has its mark and a colour', () => {
  const looks = Object.keys(MARKS) as StepLook[];
  for (const look of looks) expect(lookPaint(look, ANSI)(MARKS[look])).toContain('\u001b[');
});
