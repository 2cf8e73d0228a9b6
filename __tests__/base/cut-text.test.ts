import { expect, test } from 'vitest';
import { cutMiddle, cutText } from '../../src/base/cut-text.js';

test.each([
  ['', ''],
  ['abcd', 'abcd'],
  ['abcde', 'abc…'],
  ['😀😀😀😀', '😀😀😀😀'],
  ['😀😀😀😀😀', '😀😀😀…'],
  ['ab😀😀😀', 'ab😀…'],
  ['x'.repeat(1_000_000), 'xxx…'],
])('a text is cut to four characters: %s', (text, cut) => {
  expect(cutText(text, 4)).toBe(cut);
});

test.each([
  ['', ''],
  ['abcdefg', 'abcdefg'],
  ['abcdefgh', 'ab…efgh'],
  ['src/long/a.ts', 'sr…a.ts'],
  ['😀😀😀😀😀😀😀', '😀😀😀😀😀😀😀'],
  ['😀😀😀😀ab😀😀', '😀😀…ab😀😀'],
  ['x'.repeat(1_000_000), 'xx…xxxx'],
])('a text is cut to seven characters in its middle: %s', (text, cut) => {
  expect(cutMiddle(text, 7)).toBe(cut);
});
