import { expect, test } from 'vitest';
import { newNonce } from '../../src/machine/nonce.js';

test('a nonce has two lower-case hex digits for each byte, and no two are alike', () => {
  const nonces = Array.from({ length: 100 }, () => newNonce(8));
  for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{16}$/);
  expect(new Set(nonces).size).toBe(100);
});
