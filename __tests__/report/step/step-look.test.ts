import { expect, test } from 'vitest';
import { ANSI } from '../../../src/report/text/paint.js';
import { fallbackLook, lookPaint, MARKS, stepLook, type StepLook } from '../../../src/report/step/step-look.js';
import type { FallbackName } from '../../../src/language/model/pipeline.js';
import type { EventBody } from '../../../src/state/event.js';
import type { RunState } from '../../../src/state/run-state.js';
import { failed, fellBack, recordRun, started, succeeded } from '../recorded-run.js';

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

test.each<[FallbackName, StepLook]>([
  ['on_started', 'failed'],
  ['on_success', 'failed'],
  ['on_failure', 'tolerated'],
  ['on_abortion', 'tolerated'],
  ['finally', 'tolerated'],
])('%s that failed looks %s, as that is what its failure means', (name, look) => {
  const state = recordRun().add(started('a'), ...fellBack('a', name, { error: 'exit code 1' }));
  const record = state.fallbacks.get(`a/${name}`);
  expect(record && fallbackLook(record, state)).toBe(look);
});

test('a fallback that ran in an earlier attempt looks kept, one that never ended interrupted', () => {
  const run = recordRun();
  run.add(started('a'), succeeded('a'), ...fellBack('a', 'on_success'));
  run.add({ type: 'fallback_started', step: 'a', fallback: 'finally', to_run: 1 });
  const looks = (state: RunState, live: boolean): readonly StepLook[] =>
    [...state.fallbacks.values()].map((record) => fallbackLook(record, state, live));
  expect(looks(run.state(), true)).toEqual(['succeeded', 'running']);
  expect(looks(run.resume(), true)).toEqual(['kept', 'interrupted']);
});
