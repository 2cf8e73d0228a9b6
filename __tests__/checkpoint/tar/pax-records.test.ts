import { expect, test } from 'vitest';
import { readPaxRecords } from '../../../src/checkpoint/tar/pax-records.js';
import { errorOf, valueOf } from '../../machine/temp-folder.js';
import { record } from '../made-headers.js';

const read = (text: string) =>
  valueOf(readPaxRecords(Buffer.from(text, 'latin1'))).map(({ key, value }) => [key, value.toString('latin1')]);

test('records follow each other, whatever bytes are in their values', () => {
  const dumpdir = 'Ya\0Db\0\n12 x=y\n\0';
  expect(read(record('path', 'a=b\nc') + record('GNU.dumpdir', dumpdir) + record('comment', ''))).toEqual([
    ['path', 'a=b\nc'],
    ['GNU.dumpdir', dumpdir],
    ['comment', ''],
  ]);
});

test('a record that is as long as its length has more digits is read', () => {
  expect(read(record('a', 'x'.repeat(93)) + record('b', 'x'.repeat(94)))).toHaveLength(2);
});

test('a record is given as it is stored too', () => {
  const text = record('path', 'a');
  expect(valueOf(readPaxRecords(Buffer.from(text)))[0]?.raw.toString()).toBe(text);
});

test.each([
  ['no length', 'path=a\n'],
  ['a length of nothing', '0 path=a\n'],
  ['a length with a sign', '+9 path=a\n'],
  ['a length in another base', '0xa path=a\n'],
  ['a length beyond the end', '99 path=a\n'],
  ['a length without end', `${'1'.repeat(400)} path=a\n`],
  ['a length that ends it too early', '8 path=a\n'],
  ['no key', '5 =a\n'],
  ['no equals sign', '9 pathaa\n'],
  ['an equals sign that belongs to the next', `5 ab\n${record('c', 'd')}`],
  ['no line break at its end', '9 path=aa'],
  ['zeros behind it', `${record('a', 'b')}\0\0`],
])('a record with %s is an error', (_what, text) => {
  expect(errorOf(readPaxRecords(Buffer.from(text)))).toContain('malformed');
});
