import { expect, test } from 'vitest';
import { safeLines, safeText } from '../../../src/report/text/safe-text.js';

test.each([
  ['plain text, ünïcödé 日本語 👨‍👩‍👧', 'plain text, ünïcödé 日本語 👨‍👩‍👧'],
  ['a\nb\rc\td', 'a\\nb\\rc\\td'],
  ['\u001b[2Jgone', '\\x1b[2Jgone'],
  ['\u009b31m', '\\x9b31m'],
  ['\u007f\u0000', '\\x7f\\x00'],
  ['\u202eabc\u2028', '\\u202eabc\\u2028'],
])('nothing in %j can move a cursor', (text, shown) => {
  expect(safeText(text)).toBe(shown);
});

test('lines stay lines, and each is safe', () => {
  expect(safeLines('one\r\ntwo\u001b[0m\n')).toEqual(['one', 'two\\x1b[0m']);
});
