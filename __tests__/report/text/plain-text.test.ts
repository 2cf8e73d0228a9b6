import { expect, test } from 'vitest';
import { plainText } from '../../../src/report/text/plain-text.js';

test.each([
  ['colours', '\u001b[1;31mred\u001b[0m text', 'red text'],
  ['cursor movements', 'a\u001b[2K\u001b[1Gb', 'ab'],
  ['titles and links', '\u001b]0;title\u0007a\u001b]8;;http://x\u001b\\b', 'ab'],
  ['a sequence that was cut off', 'a\u001b[31', 'a'],
  ['control characters', 'a\u0000\u0007\u009bb', 'ab'],
  ['characters that turn text around', 'a\u202eb', 'ab'],
])('%s are gone', (_what, output, plain) => {
  expect(plainText(output)).toBe(plain);
});

test('of a line that was written over only the last text is left', () => {
  expect(plainText('10%\r50%\r100%\ndone\r\n\r\n')).toBe('100%\ndone\n\n');
});

test('tabs and other characters stay', () => {
  expect(plainText('a\tb ✓ 日本')).toBe('a\tb ✓ 日本');
});
