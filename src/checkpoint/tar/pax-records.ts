import { err, ok, type Result } from '../../base/result.js';

/** A record of a pax extended header. The buffers are views of it. */
export type PaxRecord = {
  /** One character per byte. */
  readonly key: string;
  /** Any bytes, possibly megabytes. */
  readonly value: Buffer;
  /** The whole record as stored. */
  readonly raw: Buffer;
};

/** Reads the body of a pax extended header (POSIX.1-2001): a sequence of `<length> <key>=<value>\n`. */
export const readPaxRecords = (body: Buffer): Result<readonly PaxRecord[]> => {
  const records: PaxRecord[] = [];
  for (let at = 0; at < body.length; at += records.at(-1)?.raw.length ?? 0) {
    const record = recordAt(body, at);
    if (record === undefined) return err('a record of an extended header is malformed');
    records.push(record);
  }
  return ok(records);
};

/** No valid length has more digits. */
const MAX_LENGTH_DIGITS = 10;

const recordAt = (body: Buffer, at: number): PaxRecord | undefined => {
  const space = body.subarray(at, at + MAX_LENGTH_DIGITS + 1).indexOf(' ');
  const digits = body.toString('latin1', at, at + Math.max(0, space));
  const end = at + Number(digits);
  const equals = body.indexOf('=', at);
  if (!/^[1-9]\d*$/.test(digits)) return undefined;
  const keyStart = at + digits.length + 1;
  if (equals <= keyStart || equals >= end - 1 || body[end - 1] !== NEWLINE) return undefined;
  return {
    key: body.toString('latin1', keyStart, equals),
    value: body.subarray(equals + 1, end - 1),
    raw: body.subarray(at, end),
  };
};

const NEWLINE = 0x0a;
