import { expect, test } from 'vitest';
import { partSeal } from '../../../src/github/checkpoint/part-seal.js';

const PARTS = { os: 'linux', arch: 'x64', runId: '7', leg: 'a', attempt: 2, sequence: 3, nonce: 'n' };

test('a part is sealed for its context, with a passphrase only', () => {
  const context = { run: '7', leg: 'a', attempt: 2, sequence: 3 };
  expect(partSeal(PARTS, 'secret')).toEqual({ seal: { passphrase: 'secret', context } });
  expect(partSeal(PARTS, undefined)).toEqual({});
});
