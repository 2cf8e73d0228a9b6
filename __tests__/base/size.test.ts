import { expect, test } from 'vitest';
import { formatSize, parseSize } from '../../src/base/size.js';

test.each([
  ['0B', 0],
  ['1B', 1],
  ['64KiB', 65_536],
  ['500MiB', 524_288_000],
  ['1GiB', 1_073_741_824],
  ['007B', 7],
])('%s is %i bytes', (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(['', '1', 'GiB', '1GB', '1gib', '1.5GiB', '-1B', '1 B', '1TiB', '1B\n', '9007199254740992B', '9999999GiB'])(
  '"%s" is no size',
  (text) => {
    expect(parseSize(text)).toBeUndefined();
  },
);

test.each([
  [0, '0B'],
  [1, '1B'],
  [1023, '1023B'],
  [1024, '1KiB'],
  [1536, '1.5KiB'],
  [1000 * 1024, '1000KiB'],
  [12_698, '12.4KiB'],
  [524_288_000, '500MiB'],
  [1024 ** 2 - 1, '1MiB'],
  [1024 ** 3, '1GiB'],
  [5000 * 1024 ** 3, '5000GiB'],
])('%i bytes are written as %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
