import { expect, test } from 'vitest';
import { quote, shorten } from '../../../src/language/model/quote.js';

test('a quoted text stands on one line', () => {
  expect(quote('a\n\t b')).toBe('"a b"');
});

test('a long text is cut', () => {
  expect(quote('x'.repeat(100))).toBe(`"${'x'.repeat(59)}…"`);
  expect(shorten('abcd', 4)).toBe('abcd');
  expect(shorten('abcde', 4)).toBe('abc…');
});

test('no character is cut in two', () => {
  expect(shorten('ab😀cd', 4)).toBe('ab…');
});
