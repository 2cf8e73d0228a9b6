import { describe, expect, test } from 'vitest';
import type { ChainEvent, ChainState } from '../../src/checkpoint/chain-state.js';
import {
  EMPTY_CHAIN,
  applyChainEvent,
  CHAIN_LIMIT,
  chainToKeep,
  coveredBytes,
  filesInUse,
  isGivenUp,
  isWholeArchiveDue,
  storedBytes,
  mustRerunIn,
  whyTooLarge,
} from '../../src/checkpoint/chain.js';
import { begun, saved, taken } from './chain-events.js';
import { storedFile } from './manifest-builder.js';

const after = (...events: readonly ChainEvent[]): ChainState => events.reduce(applyChainEvent, EMPTY_CHAIN);

const stepsOf = (archives: readonly { readonly step: string }[]): readonly string[] => archives.map(({ step }) => step);

describe('a chain', () => {
  test('continues from what was restored', () => {
    const restored = [{ step: 'build', tree: storedFile('1.tree') }];
    const state = after(begun({ restored, sequence: 7, journal_bytes: 40, baseline: storedFile('baseline') }));
    expect(state).toMatchObject({ stored: restored, sequence: 7, savedJournalBytes: 40, storedCoverBytes: 40 });
    expect(state.baseline?.name).toBe('baseline');
    expect(coveredBytes(state, state.pending)).toBe(40);
  });

  test('holds archives until they are stored', () => {
    const pending = after(begun(), taken(1, 'a'), taken(2, 'b'), taken(3, 'c'));
    expect(coveredBytes(pending, pending.pending)).toBe(300);
    const state = applyChainEvent(pending, saved(['a', 'b'], 2));
    expect(stepsOf(state.stored)).toEqual(['a', 'b']);
    expect(stepsOf(state.pending)).toEqual(['c']);
    expect(state).toMatchObject({ savedJournalBytes: 250, storedCoverBytes: 200, lastSaved: 'checkpoint' });
  });

  test('forgets archives that a whole one replaces, also while they are being stored', () => {
    const whole = after(begun(), taken(1, 'a'), taken(2, 'b', { whole: true }));
    expect(stepsOf(whole.pending)).toEqual(['b']);
    const state = applyChainEvent(whole, saved(['a'], 1));
    expect(stepsOf(state.pending)).toEqual(['b']);
    expect(coveredBytes(state, [])).toBe(100);
    expect(chainToKeep(state.stored, state.pending)).toEqual([]);
    expect(chainToKeep(state.stored, [])).toEqual(state.stored);
  });

  test('keeps its baseline once it is stored', () => {
    const first = { ...saved(['a'], 1), baseline: storedFile('baseline') } as ChainEvent;
    expect(after(begun(), taken(1, 'a'), first, taken(2, 'b'), saved(['a', 'b'], 2)).baseline?.name).toBe('baseline');
  });

  test('is not changed by a marker', () => {
    const before = after(begun(), taken(1, 'a'), saved(['a'], 1), taken(2, 'b'));
    const state = applyChainEvent(before, { type: 'marked', kind: 'finished' });
    expect(state).toEqual({ ...before, lastSaved: 'finished' });
  });

  test('counts every key that was used, and what trouble cost', () => {
    const state = after(
      begun({ sequence: 3 }),
      { type: 'key_used', sequence: 4 },
      { type: 'trouble', cost_ms: 30, message: 'one' },
      { type: 'trouble', cost_ms: 12, message: 'two' },
      { type: 'store_started', pid: 7, process_start: '9' },
      { type: 'ended', outcome: 'failed' },
    );
    expect(state).toMatchObject({ sequence: 4, troubleMs: 42, trouble: 'two', ended: 'failed' });
    expect(state.stores).toEqual([{ pid: 7, processStart: '9' }]);
  });
});

test('a save is in doubt until it is known how it ended, and after a lost answer until the next that is stored', () => {
  const keyUsed = { type: 'key_used', sequence: 1 } as const;
  const trouble = { type: 'trouble', cost_ms: 1, message: 'no' } as const;
  const failed = (is_unsure: boolean) => ({ type: 'not_saved', is_unsure }) as const;
  const doubts = (...events: readonly ChainEvent[]) => {
    const { isSaving, isUnsure } = after(begun(), taken(1, 'a'), ...events);
    return [isSaving, isUnsure];
  };
  expect(doubts(keyUsed, trouble)).toEqual([true, false]);
  expect(doubts(keyUsed, trouble, failed(false))).toEqual([false, false]);
  expect(doubts(keyUsed, failed(true), keyUsed, failed(false))).toEqual([false, true]);
  expect(doubts(keyUsed, failed(true), keyUsed, saved(['a'], 1))).toEqual([false, false]);
});

describe('a step that has to run again', () => {
  test('is one in every checkpoint without the archive of its new run', () => {
    const before = begun({ must_rerun: { a: 'no export', constructor: 'no file' } });
    const state = after(before, { type: 'must_rerun', steps: ['b'], because: 'git' }, taken(1, 'x'), taken(2, 'a'));
    const [first] = state.pending;
    if (first === undefined) throw new Error('nothing was taken');
    expect(mustRerunIn(state, [first])).toEqual({ a: 'no export', constructor: 'no file', b: 'git' });
    expect(mustRerunIn(state, [])).toEqual(mustRerunIn(state, [first]));
    expect(mustRerunIn(state, state.pending)).toEqual({ constructor: 'no file', b: 'git' });
    expect(mustRerunIn(applyChainEvent(state, saved(['x', 'a'], 2)), [])).toEqual({ constructor: 'no file', b: 'git' });
  });

  test('is still one after its archive when that was known while it ran', () => {
    const state = after(
      begun(),
      { type: 'must_rerun', steps: ['a', 'b'], because: 'git' },
      taken(1, 'a'),
      taken(2, 'b'),
    );
    expect(mustRerunIn(state, state.pending)).toEqual({ a: 'git', b: 'git' });
  });

  test('is remembered with what was left out for it', () => {
    const left = (name: string): ChainEvent => ({ type: 'must_rerun', steps: ['a'], because: 's', left_out: [name] });
    expect(after(begun(), left('x'), left('y'), left('x')).leftOut).toEqual(['x', 'y']);
  });
});

describe('a whole archive is due', () => {
  test('when the chain is long', () => {
    const many = Array.from({ length: CHAIN_LIMIT }, (_, index) => taken(index + 1, `s${index}`, { size_bytes: 1 }));
    expect(isWholeArchiveDue(after(begun(), ...many.slice(1)))).toBe(false);
    expect(isWholeArchiveDue(after(begun(), ...many))).toBe(true);
  });

  test.each([
    ['has outgrown the first and a quarter of the limit', [1000, 250_001], true],
    ['is smaller than a quarter of the limit', [1000, 250_000], false],
    ['is smaller than the first', [600_000, 300_000, 300_000], false],
    ['is larger than the first', [600_000, 300_000, 300_001], true],
  ])('or what was added %s', (_what, sizes, isDue) => {
    const archives = sizes.map((size_bytes, index) => taken(index + 1, `s${index}`, { size_bytes }));
    expect(isWholeArchiveDue(after(begun(), ...archives))).toBe(isDue);
  });

  test('or once when a checkpoint was too large, and if that is too large too it is all over', () => {
    const large = after(begun(), taken(1, 'a'), { type: 'too_large', message: 'large', whole: false });
    expect([isWholeArchiveDue(large), whyTooLarge(large), isGivenUp(large)]).toEqual([true, 'large', false]);
    const whole = applyChainEvent(large, taken(2, 'b', { whole: true }));
    expect([isWholeArchiveDue(whole), whyTooLarge(whole)]).toEqual([false, undefined]);
    const over = applyChainEvent(whole, { type: 'too_large', message: 'large', whole: true });
    expect([whyTooLarge(over), isGivenUp(over)]).toEqual(['large', true]);
    const better = applyChainEvent(whole, saved(['b'], 2));
    expect([whyTooLarge(better), isGivenUp(better)]).toEqual([undefined, false]);
  });
});

test('nothing more is saved under a name that others use', () => {
  expect(isGivenUp(after(begun(), { type: 'marked', kind: 'ambiguous' }))).toBe(true);
  expect(isGivenUp(after(begun(), { type: 'marked', kind: 'finished' }))).toBe(false);
});

test('files are needed until they are stored, and the latest listing beyond that', () => {
  const state = after(begun(), taken(1, 'a'), taken(2, 'b'));
  expect([...filesInUse(state)].sort()).toEqual([
    '/archives/1.tar',
    '/archives/2.tar',
    '/listings/0',
    '/listings/1',
    '/listings/2',
  ]);
  expect([...filesInUse(applyChainEvent(state, saved(['a', 'b'], 2)))]).toEqual(['/listings/2']);
  expect([...filesInUse(EMPTY_CHAIN)]).toEqual([]);
});

test('an archive takes what both its files take', () => {
  const tree = storedFile('t', { size_bytes: 5 });
  expect(storedBytes({ step: 'a', tree, deleted: storedFile('d', { size_bytes: 3 }) })).toBe(8);
  expect(storedBytes({ step: 'a' })).toBe(0);
});

/** The third item moves to the front, the first one follows, and the second one is removed. */
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
