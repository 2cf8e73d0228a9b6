import { expect, test } from 'vitest';
import { newSha256, sha256, shortDigest } from '../../src/base/hash.js';

// FIPS 180-2, appendix B.1.
const OF_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

test('a text is hashed as UTF-8, like its bytes', () => {
  expect(sha256('abc')).toBe(OF_ABC);
  expect(sha256(Buffer.from('abc'))).toBe(OF_ABC);
  expect(sha256('é')).toBe(sha256(Buffer.from([0xc3, 0xa9])));
});

test('a short digest is the first half', () => {
  expect(shortDigest('abc')).toBe(OF_ABC.slice(0, 32));
});

test('content can be hashed in pieces', () => {
  const hash = newSha256();
  hash.update('a');
  hash.update(Buffer.from('bc'));
  expect(hash.digest().toString('hex')).toBe(OF_ABC);
});
