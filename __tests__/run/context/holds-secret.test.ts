import { expect, test } from 'vitest';
import { createMasker } from '../../../src/base/mask.js';
import type { Json } from '../../../src/base/stable-json.js';
import { holdsSecret, withholdSecrets } from '../../../src/run/context/holds-secret.js';

const maskerOf = (...secrets: readonly string[]): ReturnType<typeof createMasker> => {
  const masker = createMasker();
  for (const secret of secrets) masker.add(secret);
  return masker;
};

test.each<[Json, boolean]>([
  ['hunter2', true],
  ['with hunter2 in it', true],
  ['hunter', false],
  [['a', ['hunter2']], true],
  [{ a: { b: 'hunter2' } }, true],
  [{ 'key hunter2': 1 }, true],
  [1234567, true],
  [true, false],
  [null, false],
  [{}, false],
  [[], false],
  ['{"k":"say \\"hunter3\\""}', true],
])('%j gives a secret away: %s', (value, expected) => {
  expect(holdsSecret(value, maskerOf('hunter2', '1234567', 'say "hunter3"'))).toBe(expected);
});

test('what is not there holds nothing', () => {
  expect(holdsSecret(null, maskerOf('null'))).toBe(false);
});

test('without secrets nothing gives one away', () => {
  expect(holdsSecret({ a: 'hunter2' }, maskerOf())).toBe(false);
});

test('values that hold a secret are set apart, by name', () => {
  const values = { plain: 1, token: 'hunter2', deep: { list: ['hunter2'] } };
  expect(withholdSecrets(values, maskerOf('hunter2'))).toEqual({ kept: { plain: 1 }, withheld: ['token', 'deep'] });
  expect(withholdSecrets(values, maskerOf('other'))).toEqual({ kept: values, withheld: [] });
});

test('values that are named by a secret are set apart too, without their names', () => {
  const values = { plain: 'a', token: 'Bearer hunter2!', encoded: 'hunter2%21', 'hunter2!': 'b' };
  expect(withholdSecrets(values, maskerOf('hunter2!'))).toEqual({
    kept: { plain: 'a' },
    withheld: ['token', 'encoded', '***'],
  });
});
