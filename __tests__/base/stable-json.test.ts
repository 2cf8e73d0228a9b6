import { expect, test } from 'vitest';
import { isPlainObject, stableJson } from '../../src/base/stable-json.js';

test('equal values give equal text, whatever the order of their keys', () => {
  expect(stableJson({ b: [{ y: 1, x: null }], a: 'é' })).toBe('{"a":"é","b":[{"x":null,"y":1}]}');
  expect(stableJson({ a: 'é', b: [{ x: null, y: 1 }] })).toBe(stableJson({ b: [{ y: 1, x: null }], a: 'é' }));
});

test('the order of a list counts', () => {
  expect(stableJson([1, 2])).not.toBe(stableJson([2, 1]));
});

test.each([
  [{}, true],
  [{ a: 1 }, true],
  [[], false],
  [null, false],
  ['text', false],
  [undefined, false],
])('%j is an object with keys: %j', (value, expected) => {
  expect(isPlainObject(value)).toBe(expected);
});
