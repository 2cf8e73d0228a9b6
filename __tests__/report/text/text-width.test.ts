import { expect, test } from 'vitest';
import { cutMiddle, cutText, textWidth } from '../../../src/report/text/text-width.js';

test.each([
  ['', 0],
  ['abc', 3],
  ['ünïcödé', 7],
  ['日本', 4],
  ['👨‍👩‍👧', 2],
  ['e\u0301', 1],
])('%j takes as many cells as a terminal gives it', (text, cells) => {
  expect(textWidth(text)).toBe(cells);
});

test.each([
  ['short', 10, 'short'],
  ['exactly', 7, 'exactly'],
  ['too long', 5, 'too …'],
  ['日本語', 4, '日…'],
  ['anything', 1, '…'],
  ['anything', 0, ''],
])('%j cut to %i cells', (text, cells, expected) => {
  expect(cutText(text, cells)).toBe(expected);
});

test.each([
  ['abcdef', 6, 'abcdef'],
  ['abcdefgh', 6, 'ab…fgh'],
  ['abcdefgh', 2, '…h'],
  ['abc', 0, ''],
  ['日本語日本語', 7, '日…本語'],
  ['a👨‍👩‍👧b👨‍👩‍👧c', 5, 'a…👨‍👩‍👧c'],
])('%j in %i cells keeps its beginning and its end', (text, cells, expected) => {
  expect(cutMiddle(text, cells)).toBe(expected);
  expect(textWidth(cutMiddle(text, cells))).toBeLessThanOrEqual(Math.max(cells, 0));
});
