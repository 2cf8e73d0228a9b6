import { expect, test } from 'vitest';
import { createLineReader } from './line-reader.js';

const linesOf = (chunks: readonly Buffer[]): readonly string[] => {
  const lines: string[] = [];
  const reader = createLineReader((line) => lines.push(line));
  chunks.forEach((chunk) => reader.push(chunk));
  reader.end();
  return lines;
};

test('lines are the same wherever the chunks are cut', () => {
  const bytes = Buffer.from('one\ntwo\r\nthrée\rfour\n\nlast');
  const expected = ['one', 'two', 'thrée', 'four', '', 'last'];
  for (let cut = 0; cut <= bytes.length; cut++) {
    expect(linesOf([bytes.subarray(0, cut), bytes.subarray(cut)])).toEqual(expected);
  }
});

test('an end of line at the very end begins no further line', () => {
  expect(linesOf([Buffer.from('a\n')])).toEqual(['a']);
  expect(linesOf([Buffer.from('a\r')])).toEqual(['a']);
  expect(linesOf([])).toEqual([]);
});
