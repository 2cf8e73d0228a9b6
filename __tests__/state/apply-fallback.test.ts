import { describe, expect, test } from 'vitest';
import type { EventBody } from '../../src/state/event.js';
import { begin, stateAfter, succeed } from './told-run.js';

const fired = (step: string, fallback: 'on_success' | 'finally' = 'finally'): EventBody => ({
  type: 'fallback_started',
  step,
  fallback,
  to_run: 1,
});

const ended = (step: string, error?: string): EventBody => ({
  type: 'fallback_finished',
  step,
  fallback: 'finally',
  status: error === undefined ? 'succeeded' : 'failed',
  duration_ms: 7,
  ...(error !== undefined && { error }),
});

describe('a fallback', () => {
  test('runs from its start to its end', () => {
    const running = stateAfter(begin('a'), fired('a')).fallbacks.get('a/finally');
    expect(running).toMatchObject({ owner: 'a', name: 'finally', status: 'running', runAttempt: 1 });
    const done = stateAfter(begin('a'), fired('a'), ended('a', 'exit code 1')).fallbacks.get('a/finally');
    expect(done).toMatchObject({ status: 'failed', error: 'exit code 1', durationMs: 7 });
  });

  test('is forgotten with its steps when its owner starts again', () => {
    const before = [begin('a'), fired('a', 'on_success'), begin('a/on_success/f'), succeed('a/on_success/f')];
    const state = stateAfter(...before, begin('b'), fired('b'), begin('a'));
    expect([...state.fallbacks.keys()]).toEqual(['b/finally']);
    expect([...state.steps.keys()]).toEqual(['a', 'b']);
  });

  test('of a called file is forgotten when the call starts again', () => {
    const before = [begin('c', { kind: 'pipeline' }), fired('c/@pipeline'), begin('c/@pipeline/finally/f')];
    const state = stateAfter(...before, begin('c', { kind: 'pipeline' }));
    expect([[...state.fallbacks.keys()], [...state.steps.keys()]]).toEqual([[], ['c']]);
  });

  test('is forgotten with the fallbacks of its own steps, and what ran in them', () => {
    const inner = ['a/finally/g', 'a/finally/g/x', 'a/finally/g/x/finally/f'];
    const state = stateAfter(
      begin('a'),
      fired('a'),
      ...inner.slice(0, 2).map((step) => begin(step)),
      fired('a/finally/g/x'),
      begin(inner[2] ?? ''),
      begin('a'),
    );
    expect([[...state.fallbacks.keys()], [...state.steps.keys()]]).toEqual([[], ['a']]);
  });

  test('is forgotten also after the item it belongs to has moved', () => {
    const listed = (...from: readonly (number | null)[]): EventBody => ({
      type: 'items_listed',
      step: 'e',
      items: from,
      from,
      to_run: 0,
    });
    const ran = [
      begin('e', { kind: 'fan-out' }),
      listed(null, null),
      begin('e[1]'),
      fired('e[1]'),
      begin('e[1]/finally/f'),
    ];
    const moved = stateAfter(...ran, begin('e', { kind: 'fan-out', rechoose: true }), listed(1, 0));
    expect([[...moved.fallbacks.keys()], [...moved.steps.keys()]]).toEqual([
      ['e[0]/finally'],
      ['e', 'e[0]', 'e[0]/finally/f'],
    ]);
    const again = stateAfter(...ran, begin('e', { kind: 'fan-out', rechoose: true }), listed(1, 0), begin('e[0]'));
    expect([[...again.fallbacks.keys()], [...again.steps.keys()]]).toEqual([[], ['e', 'e[0]']]);
  });

  test('of the pipeline is forgotten when the run is resumed', () => {
    const state = stateAfter(fired(''), begin('finally/f'), { type: 'run_resumed', inputs: {} });
    expect([state.fallbacks.size, state.steps.size]).toEqual([0, 0]);
  });
});

describe('a step that its own condition skips', () => {
  const skipped = (more: { readonly held?: true } = {}): EventBody => ({
    type: 'step_skipped',
    step: 'g',
    name: 'G',
    because: 'it is not asked for',
    ...more,
  });
  const ran = [
    begin('g', { kind: 'group' }),
    begin('g/x'),
    succeed('g/x'),
    fired('g/x'),
    begin('g/x/finally/f'),
    succeed('g'),
    fired('g'),
    begin('g/finally/f'),
    begin('g2'),
  ];

  test('is forgotten with all that ran in and for it before', () => {
    const state = stateAfter(...ran, skipped());
    expect([[...state.steps.keys()], [...state.fallbacks.keys()]]).toEqual([['g', 'g2'], []]);
  });

  test('is forgotten the same way where it was held back before that', () => {
    expect([...stateAfter(...ran, skipped({ held: true }), skipped()).steps.keys()]).toEqual(['g', 'g2']);
    const begun = [begin('g', { kind: 'group' }), begin('g/x'), skipped({ held: true })];
    expect([...stateAfter(...begun, skipped()).steps.keys()]).toEqual(['g']);
  });

  test('keeps all of that while it is only held back', () => {
    const state = stateAfter(...ran, skipped({ held: true }));
    expect([state.steps.size, state.fallbacks.size]).toEqual([5, 2]);
  });
});

describe('a late abortion', () => {
  const late: EventBody = { type: 'late_abortion', steps: ['a'] };
  const aborted: EventBody = { type: 'run_aborted', by: 'signal', warnings: [] };

  test('aborts the steps it names, and the fallbacks that ran', () => {
    const state = stateAfter(begin('a'), begin('b'), succeed('b'), fired('b'), late);
    expect(state.steps.get('a')).toMatchObject({ status: 'aborted', cause: 'signal', isInterrupted: true });
    expect(state.fallbacks.get('b/finally')).toMatchObject({ status: 'aborted', error: 'the run was interrupted' });
    expect([state.status, state.isCleanedUpLate]).toEqual(['running', true]);
  });

  test('of a run that had ended opens it again until its end', () => {
    expect(stateAfter(begin('a'), aborted, late).status).toBe('running');
    const state = stateAfter(begin('a'), aborted, late, aborted);
    expect([state.status, state.isCleanedUpLate]).toEqual(['aborted', true]);
  });

  test('is over with the next attempt', () => {
    const state = stateAfter(begin('a'), late, aborted, { type: 'run_resumed', inputs: {} });
    expect(state.isCleanedUpLate).toBe(false);
  });
});
