/** Fields of a header block, as stored; by default those of an empty file. */
export type HeaderFields = {
  readonly name?: string;
  readonly mode?: string;
  readonly size?: string | Buffer;
  readonly mtime?: string;
  readonly type?: string;
  readonly linkName?: string;
  readonly magic?: string;
  readonly prefix?: string;
};

/** A header block with a correct checksum. */
export const headerBlock = (fields: HeaderFields): Buffer => {
  const block = Buffer.alloc(512);
  const { name = 'file', mode = '0000644\0', size = '00000000000\0', mtime = '07346545000\0' } = fields;
  block.write(name, 0, 100, 'latin1');
  block.write(mode, 100, 8, 'latin1');
  Buffer.from(size).copy(block, 124);
  block.write(mtime, 136, 12, 'latin1');
  block.write(' '.repeat(8), 148);
  block.write(fields.type ?? '0', 156, 1, 'latin1');
  block.write(fields.linkName ?? '', 157, 100, 'latin1');
  block.write(fields.magic ?? 'ustar\u000000', 257, 8, 'latin1');
  block.write(fields.prefix ?? '', 345, 155, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
};

/** A size field. */
export const octal = (value: number): string => `${value.toString(8).padStart(11, '0')}\0`;

/** A body, padded to full blocks. */
export const padded = (body: Buffer): Buffer => Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)]);

/** A header that extends the one after it: pax unless another type is given. */
export const extendedHeader = (body: string | Buffer, type = 'x'): Buffer => {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  return Buffer.concat([headerBlock({ name: 'extended', type, size: octal(bytes.length) }), padded(bytes)]);
};

/** A pax record. */
export const record = (key: string, value: string): string => {
  const rest = ` ${key}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length += 1;
  return `${length}${rest}`;
};

/** The end of an archive. */
export const END = Buffer.alloc(1024);
