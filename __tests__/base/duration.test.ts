import { describe, expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../src/base/duration.js';

describe('a duration in a file', () => {
  test.each([
    ['0ms', 0],
    ['250ms', 250],
    ['90s', 90_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '5', 's', '1.5s', '-1s', '5 s', '5S', '1h30m', '5s\n', '9007199254740993ms', '999999999999d'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('a length of time for people', () => {
  test.each([
    [0, '0.0s'],
    [340, '0.3s'],
    [12_400, '12.4s'],
    [59_949, '59.9s'],
    [59_950, '1m 00s'],
    [185_000, '3m 05s'],
    [3_599_400, '59m 59s'],
    [3_599_500, '1h 00m'],
    [7_620_000, '2h 07m'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});
