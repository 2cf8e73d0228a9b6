import { expect, test } from 'vitest';
import { isFromStore, isToStore } from '../../../src/github/store/store-protocol.js';

test('each side knows its messages by their kind', () => {
  expect(isToStore({ kind: 'call', id: 1, call: 'find', given: {} })).toBe(true);
  expect(isFromStore({ kind: 'mask', value: 'x' })).toBe(true);
  expect(isFromStore({ kind: 'size', id: 1, bytes: 1 })).toBe(true);
  expect(isFromStore({ kind: 'answer', id: 1, result: { ok: true } })).toBe(true);
  for (const other of [undefined, null, 'call', 1, {}, { kind: 1 }, { kind: 'other' }]) {
    expect(isToStore(other)).toBe(false);
    expect(isFromStore(other)).toBe(false);
  }
});
