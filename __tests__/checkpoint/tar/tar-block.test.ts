import { describe, expect, test } from 'vitest';
import { changedBlock, isAllZero, paddedBytes, readBlock } from '../../../src/checkpoint/tar/tar-block.js';
import { errorOf, valueOf } from '../../machine/temp-folder.js';
import { headerBlock, octal } from '../made-headers.js';

const base256 = (value: bigint): Buffer => {
  const field = Buffer.alloc(12);
  field.write(BigInt.asUintN(96, value).toString(16).padStart(24, '0'), 'hex');
  field[0] = (field[0] ?? 0) | 0x80;
  return field;
};

describe('a header block', () => {
  test('has name, link, mode, size and time', () => {
    const block = headerBlock({
      name: 'a',
      linkName: 'b',
      mode: '0104755\0',
      size: octal(9),
      mtime: octal(12),
      type: '2',
    });
    expect(valueOf(readBlock(block))).toEqual({
      ...{ name: 'a', linkName: 'b', mode: 0o4755, sizeBytes: 9, mtimeSeconds: 12, typeFlag: '2' },
    });
  });

  test('may fill its fields to the last byte', () => {
    const block = headerBlock({ name: 'n'.repeat(100), size: '000000000017' });
    expect(valueOf(readBlock(block))).toMatchObject({ name: 'n'.repeat(100), sizeBytes: 0o17 });
  });

  test('begins its name with a prefix', () => {
    expect(valueOf(readBlock(headerBlock({ name: 'b', prefix: 'a/long' }))).name).toBe('a/long/b');
  });

  test('has no prefix in the format of GNU, which keeps times there', () => {
    const block = headerBlock({ name: 'b', prefix: '14500000000', magic: 'ustar  \0' });
    expect(valueOf(readBlock(block)).name).toBe('b');
  });

  test('has large sizes in base 256', () => {
    expect(valueOf(readBlock(headerBlock({ size: base256(3n * 2n ** 40n) }))).sizeBytes).toBe(3 * 2 ** 40);
  });

  test.each([
    ['a negative size', { size: base256(-1n) }],
    ['a size that no number holds exactly', { size: base256(2n ** 60n) }],
    ['no size', { size: '            ' }],
    ['digits that are none', { size: '0000000008\0' }],
    ['more than a number in a field', { size: '000 000\0' }],
    ['a broken mode', { mode: 'rw-r--r-' }],
  ])('with %s is refused', (_what, fields) => {
    expect(errorOf(readBlock(headerBlock(fields)))).toContain('number');
  });

  test('of another kind of file is refused', () => {
    expect(errorOf(readBlock(headerBlock({ magic: 'zip' })))).toContain('not a header');
  });

  test('with a byte changed is refused', () => {
    const block = headerBlock({ name: 'abc' });
    block.write('x', 1);
    expect(errorOf(readBlock(block))).toContain('checksum');
  });

  test('can be changed, with a checksum that fits', () => {
    const before = headerBlock({ name: 'a', type: 'D', size: octal(77) });
    const after = valueOf(readBlock(changedBlock(before, { typeFlag: '5', sizeBytes: 0 })));
    expect(after).toEqual({ ...valueOf(readBlock(before)), typeFlag: '5', sizeBytes: 0 });
  });
});

test.each([
  [0, 0],
  [1, 512],
  [512, 512],
  [513, 1024],
])('%i bytes take %i of an archive', (sizeBytes, inArchive) => {
  expect(paddedBytes(sizeBytes)).toBe(inArchive);
});

test('a single set bit is not all zero', () => {
  expect(isAllZero(Buffer.alloc(512))).toBe(true);
  expect(isAllZero(Buffer.concat([Buffer.alloc(511), Buffer.from([1])]))).toBe(false);
});
