import { expect, test } from 'vitest';
import { lineTable } from '../../../src/language/yaml/line-table.js';

const text = 'ab\r\ncd\n\nef';

test.each([
  [0, 1],
  [3, 1],
  [4, 2],
  [6, 2],
  [7, 3],
  [8, 4],
  [10, 4],
])('offset %i stands in line %i', (offset, line) => {
  expect(lineTable(text).lineAt(offset)).toBe(line);
});

test.each([
  [
    { start: 4, end: 6 },
    { line: 2, column: 1, length: 2 },
  ],
  [
    { start: 1, end: 9 },
    { line: 1, column: 2, length: 1 },
  ],
  [
    { start: 7, end: 10 },
    { line: 3, column: 1, length: 1 },
  ],
  [
    { start: 9, end: 10 },
    { line: 4, column: 2, length: 1 },
  ],
  [
    { start: 10, end: 10 },
    { line: 4, column: 3, length: 1 },
  ],
])('a span is marked on its first line only: %j', (span, position) => {
  expect(lineTable(text).positionOf(span)).toEqual(position);
});
