import { expect, test } from 'vitest';
import { EMPTY_CHAIN, applyChainEvent } from '../../src/checkpoint/chain.js';
import type { ChainEvent, ChainState } from '../../src/checkpoint/chain-state.js';
import { mayRunLate } from '../../src/github/may-run-late.js';
import type { SaveResult } from '../../src/github/save-checkpoint.js';
import { begun, saved, taken } from '../checkpoint/chain-events.js';

const after = (...events: readonly ChainEvent[]): ChainState => events.reduce(applyChainEvent, EMPTY_CHAIN);

const NOTHING_STORED = after(begun(), taken(1, 'a'));
const STORED = after(begun(), taken(1, 'a'), { type: 'key_used', sequence: 1 }, saved(['a'], 1));
const CUT_OFF_WHILE_SAVING = after(begun(), taken(1, 'a'), { type: 'key_used', sequence: 1 });
const TROUBLE: ChainEvent = { type: 'trouble', cost_ms: 0, message: 'no' };

const FAILED: SaveResult = { kind: 'failed', message: 'no' };
const tooLarge = (isRecordSaved: boolean): SaveResult => ({ kind: 'too-large', message: 'large', isRecordSaved });

test('once the claim is saved fallbacks run', () => {
  expect(mayRunLate({ kind: 'saved', step: 'a', sequence: 2, bytes: 1 }, STORED)).toBe(true);
  expect(mayRunLate(tooLarge(true), STORED)).toBe(true);
});

test('without it they run where no later start can find the attempt', () => {
  expect([FAILED, tooLarge(false)].map((result) => mayRunLate(result, NOTHING_STORED))).toEqual([true, true]);
  expect(mayRunLate({ kind: 'ambiguous', message: 'two starts' }, STORED)).toBe(true);
  expect(mayRunLate({ kind: 'nothing-new' }, NOTHING_STORED)).toBe(true);
});

test('they do not where one can, or may', () => {
  const states = [STORED, CUT_OFF_WHILE_SAVING];
  expect(states.flatMap((state) => [FAILED, tooLarge(false)].map((result) => mayRunLate(result, state)))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

test('a save that is known to have failed hides nothing', () => {
  expect(mayRunLate(FAILED, applyChainEvent(CUT_OFF_WHILE_SAVING, TROUBLE))).toBe(true);
});
