import { expect, test } from 'vitest';
import { listOf, oneOrMore, text } from '../../../src/language/fields/shape.js';

test('a list of one or more may be written as its only item, a plain list may not', () => {
  expect(oneOrMore(text)).toEqual({ is: 'list', of: text, least: 0, orOne: true });
  expect(listOf(text, 1)).toEqual({ is: 'list', of: text, least: 1, orOne: false });
});
