import { err, ok, type Result } from '../../base/result.js';
import { fromPath, type ByteName } from './byte-name.js';

/** The names that GNU tar recorded for an incremental archive. */
export type Listing = {
  /** Later changes are not included. Milliseconds since 1970, with fractions. */
  readonly startedAtMs: number;
  readonly folders: ReadonlyMap<ByteName, ListedFolder>;
};

/** A folder that could be read. Names have one character per byte. */
export type ListedFolder = { readonly entries: ReadonlyMap<string, ListedKind> };

/** An unreadable or excluded folder is listed as `other`. */
export type ListedKind = 'folder' | 'other';

/** Reads a snapshot file, format 2 (GNU tar manual, "Format of the Incremental Snapshot Files"). */
export const parseListing = (bytes: Buffer): Result<Listing> => {
  const start = parseStart(bytes);
  if (!start.ok) return start;
  const folders = new Map<ByteName, ListedFolder>();
  for (let at = start.value.restFrom; at < bytes.length;) {
    const folder = parseFolder(bytes, at);
    if (folder === undefined) return err(`the folder at byte ${String(at)} is malformed or truncated`);
    folders.set(folder.name, { entries: folder.entries });
    at = folder.end;
  }
  return ok({ startedAtMs: Number(start.value.startedAtNs) / 1e6, folders });
};

/** Backdates a listing chunk by chunk, for the next archive; chunk boundaries do not affect the result. */
export type ListingBackdating = {
  /** The bytes that can be written now. The chunk may be reused afterwards. */
  readonly push: (chunk: Buffer) => Result<Buffer>;
  /** An error unless the listing was complete. */
  readonly end: () => Result<void>;
};

/**
 * Prepares a listing for the next archive: sets its start back and clears the device numbers. Otherwise tar would recognise
 * a renamed folder by device and inode and leave out its content. With `--no-check-device` the inode alone still shows
 * whether a folder of the same name is the same.
 */
export const createListingBackdating = (backMs: number): ListingBackdating => {
  let held: Buffer = NOTHING;
  let isInHead = true;

  const push = (chunk: Buffer): Result<Buffer> => {
    const data = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    if (isInHead && fieldsEnd(data, data.indexOf('\n') + 1, 2) === undefined) {
      held = Buffer.from(data);
      return ok(NOTHING);
    }
    const head = isInHead ? backdatedHead(data, backMs) : ok({ head: NOTHING, restFrom: 0 });
    if (!head.ok) return head;
    isInHead = false;
    const parts = [head.value.head];
    let at = head.value.restFrom;
    for (let end = recordEnd(data, at); end !== undefined; end = recordEnd(data, at)) {
      const [deviceStart, deviceEnd] = [fieldsEnd(data, at, 3), fieldsEnd(data, at, 4)];
      if (deviceStart === undefined || deviceEnd === undefined) return err('a folder in it is malformed');
      parts.push(data.subarray(at, deviceStart), NO_DEVICE, data.subarray(deviceEnd, end));
      at = end;
    }
    held = Buffer.from(data.subarray(at));
    return ok(Buffer.concat(parts));
  };
  const end = (): Result<void> => (isInHead || held.length > 0 ? err('it is truncated') : ok(undefined));
  return { push, end };
};

const NS = 1_000_000_000n;
const NOTHING = Buffer.alloc(0);
/** The number of no device. */
const NO_DEVICE = Buffer.from('0\0');
/** Ends the last name (or an empty folder's own name), the list of names, and the folder. */
const FOLDER_END = Buffer.from('\0\0\0');

/** The head of a listing with its start set back, and the offset of the rest. */
const backdatedHead = (head: Buffer, backMs: number): Result<{ head: Buffer; restFrom: number }> => {
  const start = parseStart(head);
  if (!start.ok) return start;
  const { formatLine, startedAtNs, restFrom } = start.value;
  const ns = max(0n, startedAtNs - BigInt(Math.round(backMs * 1e6)));
  return ok({ head: Buffer.from(`${formatLine}\n${String(ns / NS)}\0${String(ns % NS)}\0`, 'latin1'), restFrom });
};

type ListingStart = { readonly formatLine: string; readonly startedAtNs: bigint; readonly restFrom: number };

const parseStart = (bytes: Buffer): Result<ListingStart> => {
  const lineEnd = bytes.indexOf('\n');
  const formatLine = bytes.toString('latin1', 0, Math.max(0, Math.min(lineEnd, MAX_LINE_BYTES)));
  if (!/^GNU tar-.*-2$/.test(formatLine)) return err('this is not a listing of GNU tar in format 2');
  const restFrom = fieldsEnd(bytes, lineEnd + 1, 2);
  const [seconds = '', ns = ''] = bytes.toString('latin1', lineEnd + 1, restFrom ?? lineEnd + 1).split('\0');
  if (restFrom === undefined || !/^-?\d+$/.test(seconds) || !/^\d{1,9}$/.test(ns)) return err('its start is malformed');
  return ok({ formatLine, startedAtNs: BigInt(seconds) * NS + BigInt(ns), restFrom });
};

const MAX_LINE_BYTES = 100;

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Offset after `count` NUL-terminated fields; undefined when there are fewer. */
const fieldsEnd = (bytes: Buffer, from: number, count: number): number | undefined => {
  let at = from;
  for (let field = 0; field < count; field++) {
    const nul = bytes.indexOf(0, at);
    if (nul === -1) return undefined;
    at = nul + 1;
  }
  return at;
};

const recordEnd = (bytes: Buffer, from: number): number | undefined => {
  const at = bytes.indexOf(FOLDER_END, from);
  return at === -1 ? undefined : at + FOLDER_END.length;
};

type ParsedFolder = {
  readonly name: ByteName;
  readonly entries: ReadonlyMap<string, ListedKind>;
  readonly end: number;
};

/** Fields: network file system or not, mtime in seconds and nanoseconds, device, inode, name, names in it. */
const parseFolder = (bytes: Buffer, from: number): ParsedFolder | undefined => {
  const nameStart = fieldsEnd(bytes, from, 5);
  const nameEnd = nameStart === undefined ? undefined : fieldsEnd(bytes, nameStart, 1);
  if (nameStart === undefined || nameEnd === undefined) return undefined;
  const entries = new Map<string, ListedKind>();
  let at = nameEnd;
  while (at < bytes.length && bytes[at] !== 0) {
    const end = fieldsEnd(bytes, at, 1);
    if (end === undefined) return undefined;
    const mark = String.fromCharCode(bytes[at] ?? 0);
    if (!'YND'.includes(mark)) return undefined;
    entries.set(bytes.toString('latin1', at + 1, end - 1), mark === 'D' ? 'folder' : 'other');
    at = end;
  }
  const isWhole = bytes[at] === 0 && bytes[at + 1] === 0;
  return isWhole ? { name: fromPath(bytes.subarray(nameStart, nameEnd - 1)), entries, end: at + 2 } : undefined;
};
