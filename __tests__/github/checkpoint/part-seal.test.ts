import { expect, test } from 'vitest';
import { partSeal } from '../../../src/github/checkpoint/part-seal.js';

const PARTS = { os: 'linux', arch: 'x64', runId: '7', leg: 'a', attempt: 2, sequence: 3, nonce: 'n' };

test('a part is sealed for its place, with a passphrase only', () => {
  const place = { run: '7', leg: 'a', attempt: 2, sequence: 3 };
  expect(partSeal(PARTS, 'secret')).toEqual({ seal: { passphrase: 'secret', place } });
  expect(partSeal(PARTS, undefined)).toEqual({});
});
