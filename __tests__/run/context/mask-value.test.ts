import { expect, test } from 'vitest';
import { createMasker } from '../../../src/base/mask.js';
import type { Json } from '../../../src/base/stable-json.js';
import { maskValue } from '../../../src/run/context/mask-value.js';

const masker = createMasker();
masker.add('hunter2');
masker.add('12345678');

test.each<[Json, Json]>([
  ['hunter2', '***'],
  [{ a: ['x hunter2 y', 1] }, { a: ['x *** y', 1] }],
  [{ hunter2: true }, { '***': true }],
  [12345678, '***'],
  [
    [null, false, 'plain'],
    [null, false, 'plain'],
  ],
])('a value gives no secret away: %o', (value, masked) => {
  expect(maskValue(value, masker)).toEqual(masked);
});

test('without secrets a value stays the same one', () => {
  const value = [{ a: 'hunter2' }];
  expect(maskValue(value, createMasker())).toBe(value);
});
