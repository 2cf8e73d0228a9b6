import { describe, expect, test } from 'vitest';
import type { EventBody } from '../../src/state/event.js';
import type { RunState } from '../../src/state/run-state.js';
import { begin, stateAfter, succeed } from './told-run.js';

const RESUMED: EventBody = { type: 'run_resumed', inputs: {} };
const done = (...paths: readonly string[]): readonly EventBody[] =>
  paths.flatMap((path) => [begin(path), succeed(path)]);
const paths = ({ steps }: RunState): readonly string[] => [...steps.keys()];
const choiceOf = ({ steps }: RunState, path: string): unknown => steps.get(path)?.choice;
const fallback = (step: string): EventBody => ({ type: 'fallback_started', step, fallback: 'finally', to_run: 1 });

describe('an arm', () => {
  const choose = (arm: string): EventBody => ({ type: 'arm_chosen', step: 'b', arm, to_run: 1 });
  const first = [
    begin('b', { kind: 'branch' }),
    choose('then'),
    ...done('b/then/x'),
    fallback('b/then/x'),
    succeed('b'),
  ];

  test('that is taken is known', () => {
    expect(choiceOf(stateAfter(...first), 'b')).toEqual({ kind: 'arm', arm: 'then' });
  });

  test('stays when the step starts again, and all below it', () => {
    const state = stateAfter(...first, RESUMED, begin('b'));
    expect(choiceOf(state, 'b')).toEqual({ kind: 'arm', arm: 'then' });
    expect(paths(state)).toEqual(['b', 'b/then/x']);
  });

  test('does not count once the step chooses again; what ran in another arm is forgotten', () => {
    const rechoose = stateAfter(...first, RESUMED, begin('b', { rechoose: true }));
    expect(rechoose.steps.get('b')).toMatchObject({ formerChoice: { kind: 'arm', arm: 'then' } });
    expect(choiceOf(rechoose, 'b')).toBeUndefined();
    const killed = [...first, RESUMED, begin('b', { rechoose: true }), RESUMED, begin('b')];
    const other = stateAfter(...killed, ...done('b/on_started/x'), choose('else'));
    expect(paths(other)).toEqual(['b', 'b/on_started/x']);
    expect([...other.fallbacks.keys()]).toEqual([]);
    expect(Object.keys(other.steps.get('b') ?? {})).not.toContain('formerChoice');
    expect(paths(stateAfter(...killed, choose('then')))).toEqual(['b', 'b/then/x']);
  });

  test('is forgotten too when the step was skipped in between', () => {
    const skipped: EventBody = { type: 'step_skipped', step: 'b', name: 'b', because: 'no' };
    const state = stateAfter(...first, RESUMED, skipped, RESUMED, begin('b'), choose('else'));
    expect(paths(state)).toEqual(['b']);
  });

  test('is there again when a step that was held back is only made ready', () => {
    const held: EventBody = { type: 'step_skipped', step: 'b', name: 'b', because: 'no', held: true };
    const state = stateAfter(...first, RESUMED, held, RESUMED, begin('b', { refresh: true }));
    expect(choiceOf(state, 'b')).toEqual({ kind: 'arm', arm: 'then' });
  });
});

describe('iterations', () => {
  const decide = (iteration: number, goes_on: boolean): EventBody => ({
    type: 'loop_decided',
    step: 'l',
    iteration,
    goes_on,
    to_run: 1,
  });
  const first = [
    begin('l', { kind: 'loop' }),
    decide(0, true),
    ...done('l[0]', 'l[0]/x'),
    decide(1, true),
    ...done('l[1]', 'l[1]/x'),
    decide(2, false),
    succeed('l'),
  ];

  test('are counted as they begin', () => {
    expect(choiceOf(stateAfter(...first.slice(0, 2)), 'l')).toEqual({ kind: 'iterations', count: 1, isOver: false });
    expect(choiceOf(stateAfter(...first), 'l')).toEqual({ kind: 'iterations', count: 2, isOver: true });
    expect(choiceOf(stateAfter(begin('l'), decide(0, false)), 'l')).toEqual({
      kind: 'iterations',
      count: 0,
      isOver: true,
    });
  });

  test('beyond a decision are forgotten', () => {
    const again = stateAfter(...first, ...done('l2', 'l/on_success/x'), RESUMED, begin('l'), decide(0, true));
    expect(paths(again)).toEqual(['l', 'l[0]', 'l[0]/x', 'l2', 'l/on_success/x']);
    expect(paths(stateAfter(...first, RESUMED, begin('l', { rechoose: true }), decide(0, false)))).toEqual(['l']);
  });
});

describe('items', () => {
  const list = (items: readonly string[], from?: readonly (number | null)[]): EventBody => ({
    type: 'items_listed',
    step: 'f',
    items,
    to_run: 1,
    ...(from !== undefined && { from }),
  });
  const first = [
    begin('f', { kind: 'fan-out' }),
    list(['a', 'b']),
    ...done('f[0]', 'f[0]/x'),
    fallback('f[0]/x'),
    begin('f[1]'),
    fallback('f'),
  ];

  test('are known, and whether they could be stored', () => {
    expect(choiceOf(stateAfter(...first), 'f')).toEqual({ kind: 'items', items: ['a', 'b'], isWithheld: false });
    const hidden: EventBody = { type: 'items_listed', step: 'f', items: ['***'], withheld: true, to_run: 1 };
    expect(choiceOf(stateAfter(begin('f'), hidden), 'f')).toMatchObject({ isWithheld: true });
  });

  test('move with all that is known of them', () => {
    const state = stateAfter(
      ...first,
      ...done('f2'),
      RESUMED,
      begin('f', { rechoose: true }),
      list(['b', 'x', 'a'], [1, null, 0]),
    );
    expect(paths(state)).toEqual(['f', 'f[2]', 'f[2]/x', 'f[0]', 'f2']);
    expect(state.steps.get('f[2]/x')).toMatchObject({ path: 'f[2]/x', status: 'succeeded' });
    expect([...state.fallbacks].map(([path, { owner }]) => [path, owner])).toEqual([['f[2]/x/finally', 'f[2]/x']]);
  });

  test('are forgotten when they are removed, or the list is a new one', () => {
    const again = [...first, RESUMED, begin('f', { rechoose: true })];
    expect(paths(stateAfter(...again, list(['b'], [1])))).toEqual(['f', 'f[0]']);
    expect(paths(stateAfter(...again, list(['a', 'b'])))).toEqual(['f']);
  });

  test('of a list in an item keep apart from those around it', () => {
    const inner = (items: readonly string[]): EventBody => ({ type: 'items_listed', step: 'f[0]/g', items, to_run: 1 });
    const state = stateAfter(
      begin('f'),
      list(['a', 'b']),
      begin('f[0]/g'),
      inner(['p', 'q']),
      ...done('f[0]/g[1]', 'f[1]'),
      RESUMED,
      begin('f', { rechoose: true }),
      list(['b', 'a'], [1, 0]),
    );
    expect(paths(state)).toEqual(['f', 'f[1]/g', 'f[1]/g[1]', 'f[0]']);
  });
});

test('a step that has not started chooses nothing: a bug of ours', () => {
  expect(() => stateAfter({ type: 'arm_chosen', step: 'b', arm: 'then', to_run: 1 })).toThrow('"b" has started');
});
