import { expect, test } from 'vitest';
import { decodeSource, lenientText } from '../../../src/language/yaml/decode-source.js';

const decode = (bytes: Uint8Array | string) => {
  const result = decodeSource({ file: 'savepoint.yml', bytes: Buffer.from(bytes) });
  if (result.ok) return result.value;
  const { code, message, position } = result.error;
  return `${position === undefined ? '' : `${position.line}:${position.column} `}${message} [${code}]`;
};

test('a file of 10 MB is refused', () => {
  expect(decode(Buffer.alloc(10_000_000, 'a'))).toBe('the file is 9.5 MiB; the limit is 4 MiB [file-too-large]');
});

test('a file of exactly 4 MiB is read, and not one byte more', () => {
  const text = 'x'.repeat(4 * 1024 * 1024);
  expect(decode(text)).toBe(text);
  expect(decode(`${text}x`)).toContain('[file-too-large]');
});

test('a NUL byte is found where it stands', () => {
  expect(decode('steps:\n  - run: a\0b\n')).toBe(
    '2:11 the file contains a NUL byte, which YAML does not allow [control-character]',
  );
});

test('an escape character is found where it stands', () => {
  expect(decode('a\r\n\u001b[31m')).toContain('2:1 the file contains the control character U+001B');
});

test('tabs and both line ends are not control characters', () => {
  expect(decode('a\t\r\nb\n')).toBe('a\t\r\nb\n');
});

test.each([
  ['in the middle', [0x73, 0x0a, 0x61, 0xff, 0x62], '2:2 '],
  ['a character cut off at the end', [0x61, 0xe6, 0x97], '1:2 '],
  ['after a byte order mark', [0xef, 0xbb, 0xbf, 0x61, 0x80], '1:2 '],
  ['after characters of several bytes', [0xe6, 0x97, 0xa5, 0xf0, 0x9f, 0x98, 0x80, 0xc0, 0x61], '1:4 '],
])('bytes that are not UTF-8 are found where they stand: %s', (_, bytes, place) => {
  expect(decode(Uint8Array.from(bytes))).toBe(`${place}this is not UTF-8; save the file as UTF-8 [not-utf8]`);
});

test.each(['utf16le', 'utf16be'])('a file in %s is told to become UTF-8', (encoding) => {
  const bytes = Buffer.from('\ufeffsteps: []', 'utf16le');
  expect(decode(encoding === 'utf16le' ? bytes : bytes.swap16())).toBe(
    'the file is UTF-16; save it as UTF-8 [not-utf8]',
  );
});

test('a byte order mark is not part of the text', () => {
  expect(decode('\ufeffa')).toBe('a');
});

test('any bytes can be shown', () => {
  expect(lenientText({ file: 'a', bytes: Uint8Array.from([0x61, 0xff]) })).toBe('a\ufffd');
});
