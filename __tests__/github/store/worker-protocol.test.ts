import { expect, test } from 'vitest';
import { isFromWorker, isToWorker } from '../../../src/github/store/worker-protocol.js';

test('each side knows its messages by their kind', () => {
  expect(isToWorker({ kind: 'call', id: 1, call: 'find', given: 'a' })).toBe(true);
  expect(isFromWorker({ kind: 'mask', value: 'x' })).toBe(true);
  expect(isFromWorker({ kind: 'size', id: 1, bytes: 1 })).toBe(true);
  expect(isFromWorker({ kind: 'answer', id: 1, result: { ok: true } })).toBe(true);
  for (const other of [undefined, null, 'call', 1, {}, { kind: 1 }, { kind: 'other' }]) {
    expect(isToWorker(other)).toBe(false);
    expect(isFromWorker(other)).toBe(false);
  }
});
