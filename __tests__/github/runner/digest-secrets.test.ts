import { expect, test } from 'vitest';
import { digestSecrets } from '../../../src/github/runner/digest-secrets.js';

test('it is the same for the same values of one start, and another for all others', () => {
  const given = { names: ['A', 'B'], env: { A: 'one', B: 'two', C: 'three' }, nonce: 'abc' };
  const same = digestSecrets({ ...given, env: { A: 'one', B: 'two' } });
  expect(digestSecrets(given)).toBe(same);
  const others = [
    { ...given, env: { A: 'one', B: 'other' } },
    { ...given, env: { A: 'two', B: 'one' } },
    { ...given, nonce: 'def' },
  ];
  expect(new Set([same, ...others.map(digestSecrets)]).size).toBe(4);
  expect(same).not.toContain('one');
});
