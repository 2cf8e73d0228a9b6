import { expect, test } from 'vitest';
import { err, ok, type Result } from '../../src/base/result.js';

test('a result holds either a value or the reason there is none', () => {
  const half = (value: number): Result<number> => (value % 2 === 0 ? ok(value / 2) : err('it is odd'));
  expect(half(4)).toEqual({ ok: true, value: 2 });
  expect(half(3)).toEqual({ ok: false, error: 'it is odd' });
});
