import { err, ok, type Result } from '../../base/result.js';

/** The unit of a tar archive, in bytes. */
export const BLOCK_BYTES = 512;

/** One header block. Texts have one character per byte. */
export type TarBlock = {
  /** A single character; NUL means a file, as in the oldest archives. */
  readonly typeFlag: string;
  readonly name: string;
  readonly linkName: string;
  readonly mode: number;
  /** Size of the body that follows, without padding. */
  readonly sizeBytes: number;
  readonly mtimeSeconds: number;
};

/** Reads a header block: POSIX.1-1988 (ustar), with GNU's base-256 numbers. The error names the fault. */
export const readBlock = (block: Buffer): Result<TarBlock> => {
  const magic = block.toString('latin1', 257, 263);
  if (magic !== 'ustar\0' && magic !== 'ustar ') return err('this is not a header of a tar archive');
  const [checksum, mode] = [numberIn(block, CHECKSUM), numberIn(block, MODE)];
  const [sizeBytes, mtimeSeconds] = [numberIn(block, SIZE), numberIn(block, MTIME)];
  if (checksum !== checksumOf(block)) return err('the checksum of a header does not match');
  if (mode === undefined || sizeBytes === undefined || mtimeSeconds === undefined || sizeBytes < 0) {
    return err('a number in a header is malformed');
  }
  const prefix = magic === 'ustar\0' ? textIn(block, PREFIX) : '';
  const name = textIn(block, NAME);
  return ok({
    typeFlag: block.toString('latin1', TYPE_FLAG, TYPE_FLAG + 1),
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: textIn(block, LINK_NAME),
    mode: mode & 0o7777,
    sizeBytes,
    mtimeSeconds,
  });
};

/** A copy of a header block with another type and size and the matching checksum. */
export const changedBlock = (
  block: Buffer,
  { typeFlag, sizeBytes }: Pick<TarBlock, 'typeFlag' | 'sizeBytes'>,
): Buffer => {
  const changed = Buffer.from(block);
  changed.write(typeFlag, TYPE_FLAG, 'latin1');
  changed.write(`${sizeBytes.toString(8).padStart(11, '0')}\0`, SIZE.start, 'latin1');
  changed.write(`${checksumOf(changed).toString(8).padStart(6, '0')}\0 `, CHECKSUM.start, 'latin1');
  return changed;
};

/** Length of a body including the padding of its last block. */
export const paddedBytes = (sizeBytes: number): number => Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES;

/** Whether all bytes are zero. */
export const isAllZero = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0);

type Field = { readonly start: number; readonly end: number };

const NAME: Field = { start: 0, end: 100 };
const MODE: Field = { start: 100, end: 108 };
const SIZE: Field = { start: 124, end: 136 };
const MTIME: Field = { start: 136, end: 148 };
const CHECKSUM: Field = { start: 148, end: 156 };
const TYPE_FLAG = 156;
const LINK_NAME: Field = { start: 157, end: 257 };
const PREFIX: Field = { start: 345, end: 500 };

const textIn = (block: Buffer, { start, end }: Field): string => {
  const nul = block.indexOf(0, start);
  return block.toString('latin1', start, nul === -1 ? end : Math.min(nul, end));
};

/** Octal, or base 256 if the first bit is set; undefined for anything else and for unsafe integers. */
const numberIn = (block: Buffer, { start, end }: Field): number | undefined => {
  const digits = /^ *([0-7]+)[ \0]*$/.exec(block.toString('latin1', start, end))?.[1];
  const value =
    (block[start] ?? 0) < 0x80 ? Number.parseInt(digits ?? '', 8) : base256(block.toString('hex', start, end));
  return Number.isSafeInteger(value) ? value : undefined;
};

/** The first bit marks the format, the next one is the sign. */
const base256 = (hex: string): number => Number(BigInt.asIntN(hex.length * 4 - 1, BigInt(`0x${hex}`)));

/** The sum of all bytes, with the checksum field counted as spaces. */
const checksumOf = (block: Buffer): number =>
  sumOf(block, { start: 0, end: CHECKSUM.start }) +
  (CHECKSUM.end - CHECKSUM.start) * 0x20 +
  sumOf(block, { start: CHECKSUM.end, end: BLOCK_BYTES });

const sumOf = (block: Buffer, { start, end }: Field): number => {
  let sum = 0;
  for (let at = start; at < end; at++) sum += block[at] ?? 0;
  return sum;
};
