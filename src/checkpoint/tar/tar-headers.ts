import { err, ok, type Result } from '../../base/result.js';
import { plainName, type ByteName } from './byte-name.js';
import { readPaxRecords } from './pax-records.js';
import { BLOCK_BYTES, changedBlock, isAllZero, paddedBytes, readBlock, type TarBlock } from './tar-block.js';

/** A member of a tar archive, as its headers describe it. */
export type TarMember = {
  readonly name: ByteName;
  readonly kind: TarMemberKind;
  /** Target of a link: raw bytes, as stored. */
  readonly linkName?: string;
  /** Permission bits, including set-user-id and similar. */
  readonly mode: number;
  /** Of its body as stored, without padding. */
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly ctimeMs?: number;
  /** Its body is a map of data segments, followed by the segments. */
  readonly isSparse: boolean;
  /** The raw blocks from its first extended header to its own. */
  readonly headers: Buffer;
};

/** `other` is a type that our tar never writes. */
export type TarMemberKind = 'file' | 'folder' | 'symlink' | 'hardlink' | 'fifo' | 'device' | 'other';

/** Meaning of the header bytes after the last body. */
export type HeaderRun =
  /** More bytes are needed; `neededBytes` is the total. */
  | { readonly kind: 'unfinished'; readonly neededBytes: number }
  | { readonly kind: 'member'; readonly member: TarMember }
  /** A header without effect on members. */
  | { readonly kind: 'comment' }
  | { readonly kind: 'end' };

/** The end marker of an archive. */
export const END_OF_ARCHIVE = Buffer.alloc(2 * BLOCK_BYTES);

/**
 * Reads the headers of a member: extended ones (pax, and GNU's long names), then its own. Call it with more bytes while it
 * is unfinished. Anything that tar implementations could interpret differently is an error.
 */
export const readHeaders = (run: Buffer): Result<HeaderRun> => {
  const fields: ExtendedFields = new Map();
  for (let at = 0; ;) {
    if (run.length < at + BLOCK_BYTES) return ok({ kind: 'unfinished', neededBytes: at + BLOCK_BYTES });
    const bytes = run.subarray(at, at + BLOCK_BYTES);
    if (isAllZero(bytes)) return endIn(run, at);
    const block = readBlock(bytes);
    if (!block.ok) return block;
    if (!EXTENDED.has(block.value.typeFlag)) return memberOf(block.value, fields, run.subarray(0, at + BLOCK_BYTES));
    const extension = extensionIn(run, at + BLOCK_BYTES, block.value);
    if (!extension.ok) return extension;
    if (extension.value.body === undefined) return ok({ kind: 'unfinished', neededBytes: extension.value.next });
    if (block.value.typeFlag === 'g') return at === 0 ? commentIn(extension.value.body) : err(MISPLACED);
    const added = addFields(fields, block.value.typeFlag, extension.value.body);
    if (!added.ok) return added;
    at = extension.value.next;
  }
};

/** The headers of a folder without tar's list of its entries. */
export const folderHeaders = ({ headers }: TarMember): Buffer => {
  const parts: Buffer[] = [];
  let at = 0;
  while (at < headers.length - BLOCK_BYTES) {
    const block = headers.subarray(at, at + BLOCK_BYTES);
    const { typeFlag, sizeBytes } = mustBe(readBlock(block));
    const next = at + BLOCK_BYTES + paddedBytes(sizeBytes);
    if (typeFlag === 'x')
      parts.push(...extendedHeader(block, headers.subarray(at + BLOCK_BYTES, at + BLOCK_BYTES + sizeBytes)));
    else parts.push(headers.subarray(at, next));
    at = next;
  }
  return Buffer.concat([...parts, changedBlock(headers.subarray(at), { typeFlag: '5', sizeBytes: 0 })]);
};

/** Fields of the next member from extended headers, by record key or header type. */
type ExtendedFields = Map<string, string>;

/** Pax, pax for all members, and GNU's long name and long link. */
const EXTENDED: ReadonlySet<string> = new Set(['x', 'g', 'L', 'K']);
const MAX_EXTENDED_BYTES = 64 * 1024 * 1024;
const MISPLACED = 'a header for all members stands among those of one';

const endIn = (run: Buffer, at: number): Result<HeaderRun> => {
  if (at > 0) return err('the archive ends after an extended header');
  if (run.length < END_OF_ARCHIVE.length) return ok({ kind: 'unfinished', neededBytes: END_OF_ARCHIVE.length });
  return isAllZero(run.subarray(0, END_OF_ARCHIVE.length)) ? ok({ kind: 'end' }) : err('a block of zeros stands alone');
};

/** Without a body if more bytes are needed; `next` is then the number needed. */
type Extension = { readonly body?: Buffer; readonly next: number };

const extensionIn = (run: Buffer, start: number, { sizeBytes, typeFlag }: TarBlock): Result<Extension> => {
  const next = start + paddedBytes(sizeBytes);
  if (next > MAX_EXTENDED_BYTES) return err('an extended header is larger than 64 MiB');
  if (run.length >= next) return ok({ body: run.subarray(start, start + sizeBytes), next });
  return ok({ next: typeFlag === 'g' ? next : next + BLOCK_BYTES });
};

/** Fields that affect members must stand with the member: a copy of the member alone would have another meaning. */
const commentIn = (body: Buffer): Result<HeaderRun> => {
  const records = readPaxRecords(body);
  if (!records.ok) return records;
  const field = records.value.find(({ key }) => isKnownKey(key));
  return field === undefined ? ok({ kind: 'comment' }) : err(`a header sets "${field.key}" for all members`);
};

const isKnownKey = (key: string): boolean =>
  ['path', 'linkpath', 'size', 'mtime', 'ctime'].includes(key) || key.startsWith('GNU.');

const addFields = (fields: ExtendedFields, typeFlag: string, body: Buffer): Result<void> => {
  if (fields.has(typeFlag)) return err('a member has two extended headers of one type');
  fields.set(typeFlag, typeFlag === 'x' ? '' : untilNul(body.toString('latin1')));
  if (typeFlag !== 'x') return ok(undefined);
  const records = readPaxRecords(body);
  if (!records.ok) return records;
  for (const { key, value } of records.value) {
    if (key.startsWith('GNU.sparse.')) fields.set('sparse', '');
    if (isKnownKey(key) && key !== 'GNU.dumpdir') fields.set(key, value.toString('latin1'));
  }
  return ok(undefined);
};

const untilNul = (text: string): string => text.slice(0, (text.indexOf('\0') + text.length + 1) % (text.length + 1));

const memberOf = (block: TarBlock, fields: ExtendedFields, headers: Buffer): Result<HeaderRun> => {
  const path = fields.get('GNU.sparse.name') ?? fields.get('path') ?? fields.get('L') ?? block.name;
  const kind = kindOf(block, path);
  const sizeBytes = fields.has('size') ? wholeNumber(fields.get('size')) : block.sizeBytes;
  const mtimeMs = fields.has('mtime') ? milliseconds(fields.get('mtime')) : block.mtimeSeconds * 1000;
  const ctimeMs = fields.has('ctime') ? milliseconds(fields.get('ctime')) : undefined;
  if (path === '') return err('a member has no name');
  if (block.typeFlag === 'S') return err('a sparse file is stored in an obsolete format');
  if (Number.isNaN(sizeBytes + mtimeMs + (ctimeMs ?? 0))) return err('a number in an extended header is malformed');
  if (sizeBytes > 0 && mustBeEmpty(kind, block)) return err(`a ${kind} has content`);
  const member: TarMember = {
    name: plainName(path),
    kind,
    ...(kind === 'symlink' || kind === 'hardlink' ? { linkName: linkNameOf(block, fields) } : {}),
    mode: block.mode,
    sizeBytes,
    mtimeMs,
    ...(ctimeMs === undefined ? {} : { ctimeMs }),
    isSparse: fields.has('sparse'),
    headers,
  };
  return ok({ kind: 'member', member });
};

/** Some tar implementations read a file whose name ends with a slash as a folder. */
const kindOf = ({ typeFlag }: TarBlock, path: string): TarMemberKind => {
  const kind = KINDS[typeFlag] ?? 'other';
  return kind !== 'folder' && path.endsWith('/') ? 'other' : kind;
};

/** `D` is a folder with a list of its entries, in GNU's format. */
const KINDS: Readonly<Record<string, TarMemberKind>> = {
  '\0': 'file',
  '0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'device',
  '4': 'device',
  '5': 'folder',
  '6': 'fifo',
  '7': 'file',
  D: 'folder',
};

/** Some tar implementations skip an unexpected body, others read it as the next header. */
const mustBeEmpty = (kind: TarMemberKind, { typeFlag }: TarBlock): boolean =>
  kind !== 'file' && kind !== 'other' && typeFlag !== 'D';

const linkNameOf = (block: TarBlock, fields: ExtendedFields): string =>
  fields.get('linkpath') ?? fields.get('K') ?? block.linkName;

const wholeNumber = (text = ''): number => {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : Number.NaN;
};

const milliseconds = (text = ''): number => (/^-?\d+(?:\.\d*)?$/.test(text) ? Number(text) * 1000 : Number.NaN);

const extendedHeader = (block: Buffer, body: Buffer): readonly Buffer[] => {
  const kept = mustBe(readPaxRecords(body)).filter(({ key }) => key !== 'GNU.dumpdir' && key !== 'size');
  const records = Buffer.concat(kept.map(({ raw }) => raw));
  if (records.length === 0) return [];
  const padding = Buffer.alloc(paddedBytes(records.length) - records.length);
  return [changedBlock(block, { typeFlag: 'x', sizeBytes: records.length }), records, padding];
};

/** For headers that were read successfully before. */
const mustBe = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(`these headers were never read: ${result.error}`);
  return result.value;
};
