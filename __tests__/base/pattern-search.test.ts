import { expect, test } from 'vitest';
import { createPatternSearch, type Range } from '../../src/base/pattern-search.js';
import { createRandom } from '../rig/random.js';

const cover = (patterns: readonly string[], data: string): readonly Range[] =>
  createPatternSearch(patterns.map((pattern) => Buffer.from(pattern))).cover(Buffer.from(data));

const openFrom = (patterns: readonly string[], data: string): number =>
  createPatternSearch(patterns.map((pattern) => Buffer.from(pattern))).openFrom(Buffer.from(data));

test('the longest of several patterns that begin at one place counts', () => {
  expect(cover(['abc', 'abcdef', 'abcd'], 'xabcdefx')).toEqual([{ start: 1, end: 7 }]);
});

test('overlapping and touching occurrences are one stretch', () => {
  expect(cover(['abc', 'cde'], 'abcdeabc')).toEqual([{ start: 0, end: 8 }]);
});

test('patterns of one byte are found next to long ones, also at the very start', () => {
  expect(cover(['x', 'long one'], 'x a long one x')).toEqual([
    { start: 0, end: 1 },
    { start: 4, end: 12 },
    { start: 13, end: 14 },
  ]);
});

test('a pattern longer than 255 bytes is found', () => {
  const long = 'a'.repeat(300) + 'b';
  expect(cover([long], `${'a'.repeat(1000)}b`)).toEqual([{ start: 700, end: 1001 }]);
});

test('data may be open from the earliest place where a pattern is split', () => {
  expect(openFrom(['abcabd'], 'xxabcab')).toBe(2);
  expect(openFrom(['abcabd', 'b!'], 'xxab')).toBe(2);
  expect(openFrom(['abcabd'], 'abcabd')).toBe(6);
  expect(openFrom(['abc'], '')).toBe(0);
});

test('any patterns in any data are found as if each were looked for everywhere', () => {
  const random = createRandom(7);
  for (let round = 0; round < 2000; round++) {
    const patterns = Array.from({ length: 1 + random.below(5) }, () => random.text('abc', 1 + random.below(6)));
    const data = random.text('abc', random.below(40));
    const covered = new Set(
      cover(patterns, data).flatMap(({ start, end }) => [...Array(end - start).keys()].map((at) => start + at)),
    );
    expect([...covered], `${patterns.join()} in ${data}`).toEqual(coveredNaively(patterns, data));
    expect(openFrom(patterns, data), `${patterns.join()} in ${data}`).toBe(openFromNaively(patterns, data));
  }
});

const coveredNaively = (patterns: readonly string[], data: string): readonly number[] => {
  const covered = new Set<number>();
  for (const pattern of patterns) {
    for (const start of indexes(data)) {
      if (data.startsWith(pattern, start)) for (const at of indexes(pattern)) covered.add(start + at);
    }
  }
  return indexes(data).filter((at) => covered.has(at));
};

const openFromNaively = (patterns: readonly string[], data: string): number => {
  const isOpen = (at: number): boolean =>
    patterns.some((pattern) => pattern.startsWith(data.slice(at)) && pattern.length > data.length - at);
  return indexes(data).find(isOpen) ?? data.length;
};

const indexes = (text: string): readonly number[] => Array.from({ length: text.length }, (_, at) => at);
