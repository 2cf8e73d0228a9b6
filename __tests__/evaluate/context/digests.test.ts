import { describe, expect, test } from 'vitest';
import { envDigest, needsDigest } from '../../../src/evaluate/context/digests.js';

describe('digests', () => {
  test('of env go on from the env around, and do not mind the order of names', () => {
    expect(envDigest('outer', {})).toBe('outer');
    expect(envDigest('outer', { A: '1', B: '2' })).toBe(envDigest('outer', { B: '2', A: '1' }));
    expect(envDigest('outer', { A: '1' })).not.toBe(envDigest('other', { A: '1' }));
    expect(envDigest('', { A: '1' })).not.toBe(envDigest('', { A: '2' }));
  });

  test('of needs are those of the list where a step needs nothing', () => {
    expect(needsDigest('list', [])).toBe('list');
    expect(needsDigest('list', ['a', 'b'])).not.toBe(needsDigest('list', ['b', 'a']));
    expect(needsDigest('list', ['a'])).toBe(needsDigest('other', ['a']));
  });
});
