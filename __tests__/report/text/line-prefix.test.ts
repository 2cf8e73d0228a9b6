import { expect, test } from 'vitest';
import { createLinePrefixer } from '../../../src/report/text/line-prefix.js';

const bytes = (text: string): Buffer => Buffer.from(text);

test('every whole line gets the prefix, the rest waits for its end', () => {
  const lines = createLinePrefixer('a | ');
  expect(lines.take(bytes('one\n\ntw')).toString()).toBe('a | one\na | \n');
  expect(lines.take(bytes('o')).toString()).toBe('');
  expect(lines.take(bytes('!\nx')).toString()).toBe('a | two!\n');
  expect(lines.flush().toString()).toBe('a | x\n');
  expect(lines.flush()).toHaveLength(0);
});

test('bytes that are not UTF-8 come out unchanged, also split over chunks', () => {
  const lines = createLinePrefixer('é$& | ');
  expect(lines.take(Buffer.from([0xff, 0xc3]))).toHaveLength(0);
  const line = lines.take(Buffer.from([0xa9, 0x00, 0x0a]));
  expect(line).toEqual(Buffer.concat([bytes('é$& | '), Buffer.from([0xff, 0xc3, 0xa9, 0x00, 0x0a])]));
});

test('what waits is a copy', () => {
  const lines = createLinePrefixer('');
  const chunk = bytes('abc');
  lines.take(chunk);
  chunk.fill('x');
  expect(lines.flush().toString()).toBe('abc\n');
});

test('a line without end is broken rather than kept in memory', () => {
  const lines = createLinePrefixer('');
  let written = 0;
  for (let index = 0; index < 100; index += 1) written += lines.take(Buffer.alloc(16 * 1024, 120)).length;
  expect(written).toBeGreaterThan(1_500_000);
});
