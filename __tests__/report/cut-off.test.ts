import { expect, test } from 'vitest';
import { cutOffText } from '../../src/report/cut-off.js';

test('a cut off attempt names what it ran', () => {
  expect(cutOffText(['deploy'])).toBe('the last attempt was cut off while it ran "deploy"');
  expect(cutOffText([])).toBe('the last attempt was cut off');
  expect(cutOffText(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toBe(
    'the last attempt was cut off while it ran "a", "b", "c", "d", "e" and 2 more',
  );
});
