import { expect, test } from 'vitest';
import { cutText } from '../../src/base/cut-text.js';

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
