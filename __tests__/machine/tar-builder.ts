/** A member of a hand-made archive. Names are byte names, as they go into the header. */
export type BuiltMember = {
  readonly name: string;
  /** The type in the ustar format; default: a file. */
  readonly type?: keyof typeof TYPES;
  readonly linkName?: string;
  readonly content?: string;
  readonly mode?: number;
};

/** A tar archive in the ustar format, with members that no tar program would write. */
export const buildTar = (members: readonly BuiltMember[]): Buffer =>
  Buffer.concat([...members.flatMap(blocksOf), Buffer.alloc(2 * BLOCK)]);

const BLOCK = 512;
const TYPES = { file: '0', hardlink: '1', symlink: '2', character: '3', block: '4', folder: '5', fifo: '6', odd: 'Z' };
/** 2001-09-09, in octal. */
const MTIME = '07346545000\0';

const blocksOf = ({ name, type = 'file', linkName = '', content = '', mode = 0o644 }: BuiltMember): Buffer[] => {
  const body = Buffer.from(content);
  const header = Buffer.alloc(BLOCK);
  header.write(name, 0, 100, 'latin1');
  header.write(`${octal(mode, 7)}\0`, 100);
  header.write(`${octal(0, 7)}\0${octal(0, 7)}\0`, 108);
  header.write(`${octal(body.length, 11)}\0${MTIME}`, 124);
  header.write(' '.repeat(8), 148);
  header.write(TYPES[type], 156);
  header.write(linkName, 157, 100, 'latin1');
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${octal(sum, 6)}\0 `, 148);
  return [header, body, Buffer.alloc((BLOCK - (body.length % BLOCK)) % BLOCK)];
};

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');
