import { expect, test } from 'vitest';
import { EMPTY_CHAIN, applyChainEvent, mustRerunIn } from '../../src/checkpoint/chain.js';
import type { ChainEvent, ChainState } from '../../src/checkpoint/chain-state.js';
import { begun, saved, taken } from './chain-events.js';

const after = (...events: readonly ChainEvent[]): ChainState => events.reduce(applyChainEvent, EMPTY_CHAIN);

/** The third item comes first, the first one second; the second one is no more. */
const moved: ChainEvent = { type: 'items_moved', step: 'g/build', from: [2, 0, null] };

test('why a step runs again moves along with its item, and is forgotten with it', () => {
  const must_rerun = {
    'g/build[2]/x': 'third',
    'g/build[0]': 'first',
    'g/build[1]': 'gone',
    'g/builder[1]': 'another',
  };
  const state = after(begun({ must_rerun }), moved);
  expect(mustRerunIn(state, [])).toEqual({ 'g/build[0]/x': 'third', 'g/build[1]': 'first', 'g/builder[1]': 'another' });
});

test('a reason of this start moves too', () => {
  const state = after(begun(), { type: 'must_rerun', steps: ['g/build[0]'], because: 'why' }, moved);
  expect(mustRerunIn(state, [])).toEqual({ 'g/build[1]': 'why' });
});

test('an archive that an item left before it moved is one of its new place', () => {
  const must_rerun = { 'g/build[2]': 'before this start' };
  const [archived, stored] = [taken(1, 'g/build[2]'), saved(['g/build[2]'], 1)];
  expect(mustRerunIn(after(begun({ must_rerun }), archived, moved, stored), [])).toEqual({});
});

test('archives tell of the steps beside them by their new paths', () => {
  const concurrent_steps = ['g/build[2]', 'g/build[1]', 'other'];
  const restored = [{ step: 'one', concurrent_steps }];
  const state = after(begun({ restored }), taken(1, 'two', { concurrent_steps, covers: ['g/build[0]', 'two'] }), moved);
  expect(state.stored).toEqual([{ step: 'one', concurrent_steps: ['g/build[0]', 'other'] }]);
  expect(state.pending).toMatchObject([{ concurrent_steps: ['g/build[0]', 'other'], covers: ['g/build[1]', 'two'] }]);
});

test('a list of nothing but new items forgets all that was', () => {
  const state = after(begun({ must_rerun: { 'f[0]': 'why', 'f[0]/x[1]': 'why' } }), { ...moved, step: 'f', from: [] });
  expect(mustRerunIn(state, [])).toEqual({});
});
