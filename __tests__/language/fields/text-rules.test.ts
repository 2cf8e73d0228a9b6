import { expect, test } from 'vitest';
import { DURATION, ENV_NAME, ID, NOT_BLANK, SIZE } from '../../../src/language/fields/text-rules.js';

test.each([
  [ID, ['a', '_a', 'A-1_b'], ['', '1a', '-a', 'a b', 'a.b', 'é', 'a\n']],
  [ENV_NAME, ['A', '_', 'a1'], ['', '1A', 'A-B', 'A\n']],
  [DURATION, ['0s', '10ms', '5m', '1h', '7d'], ['', '5', 's', '1.5s', '-1s', '1 s', '1S', '1w']],
  [SIZE, ['0B', '10KiB', '5MiB', '1GiB'], ['', '5', 'B', '1.5GiB', '-1B', '1 B', '1GB', '1gib', '1B\n']],
  [NOT_BLANK, ['a', ' a\n'], ['', ' ', '\n\t']],
])('$code: a text follows the rule or not', ({ pattern }, good, bad) => {
  expect(good.filter((text) => !pattern.test(text))).toEqual([]);
  expect(bad.filter((text) => pattern.test(text))).toEqual([]);
});
