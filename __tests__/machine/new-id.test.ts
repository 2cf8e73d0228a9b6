import { expect, test } from 'vitest';
import { newNonce, newRunId } from '../../src/machine/new-id.js';
import { RUN_ID_PATTERN } from '../../src/machine/workdir/run-history.js';

test('a nonce has two lower-case hex digits for each byte, and no two are alike', () => {
  const nonces = Array.from({ length: 100 }, () => newNonce(8));
  for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{16}$/);
  expect(new Set(nonces).size).toBe(100);
});

test('a run id can be named on a command line and begins with its time', () => {
  const ids = Array.from({ length: 1000 }, newRunId);
  for (const id of ids) {
    expect(id).toMatch(RUN_ID_PATTERN);
    expect(id).toMatch(/^20\d{6}-\d{6}-[0-9a-z]{4}$/);
  }
});

test('two at the same time differ', () => {
  expect(newRunId()).not.toBe(newRunId());
});
