import { shortDigest } from '../base/hash.js';
import { err, ok, type Result } from '../base/result.js';
import { isPlainObject } from '../base/stable-json.js';
import type { RunEvent } from './event.js';

/** The version of the journal and state file formats that this program writes and reads. */
export const FORMAT_VERSION = 1;

/** The hash that the first line of a journal continues. */
export const CHAIN_START = '0'.repeat(32);

const HASH_FIELD = ',"hash":"';
const TAIL_LENGTH = HASH_FIELD.length + 32 + '"}'.length;

/** One journal line without its line end, and the hash that the next line continues. */
export type ChainedLine = { readonly line: string; readonly hash: string };

/** The content of a journal. `validBytes` excludes an incomplete last line, which was never acknowledged. */
export type JournalContent = {
  readonly events: readonly RunEvent[];
  readonly hash: string;
  readonly validBytes: number;
};

/** Why a journal was refused. */
export type JournalProblem =
  { readonly kind: 'newer-version'; readonly version: number } | { readonly kind: 'damaged'; readonly line: number };

/** Encodes an event as a line whose hash covers it and everything before it; see `docs/format.md`. */
export const encodeLine = (event: RunEvent, previousHash: string): ChainedLine => {
  const body = JSON.stringify(event);
  const hash = chain(previousHash, body);
  return { line: `${body.slice(0, -1)}${HASH_FIELD}${hash}"}`, hash };
};

/** Reads a journal: every complete line must continue the chain; a last line without its line end is dropped. */
export const decodeJournal = (bytes: Buffer): Result<JournalContent, JournalProblem> => {
  const events: RunEvent[] = [];
  let hash = CHAIN_START;
  let start = 0;
  for (let end = bytes.indexOf(10, start); end !== -1; end = bytes.indexOf(10, start)) {
    const decoded = decodeLine(bytes.toString('utf8', start, end), hash);
    if (!decoded.ok)
      return err(decoded.error === 'damaged' ? { kind: 'damaged', line: events.length + 1 } : decoded.error);
    events.push(decoded.value.event);
    hash = decoded.value.hash;
    start = end + 1;
  }
  return ok({ events, hash, validBytes: start });
};

type Decoded = { readonly event: RunEvent; readonly hash: string };
type LineProblem = 'damaged' | Extract<JournalProblem, { kind: 'newer-version' }>;

const decodeLine = (line: string, previousHash: string): Result<Decoded, LineProblem> => {
  const parsed = parseJson(line);
  if (!isPlainObject(parsed)) return err('damaged');
  if (typeof parsed['v'] === 'number' && parsed['v'] > FORMAT_VERSION) {
    return err({ kind: 'newer-version', version: parsed['v'] });
  }
  const body = `${line.slice(0, -TAIL_LENGTH)}}`;
  const hash = chain(previousHash, body);
  if (parsed['hash'] !== hash || !line.endsWith(`${HASH_FIELD}${hash}"}`)) return err('damaged');
  const { hash: _checked, ...event } = parsed;
  // The hash proves that this program wrote the line, so its shape is that of an event.
  return ok({ event: event as RunEvent, hash });
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
};

const chain = (previousHash: string, body: string): string => shortDigest(`${previousHash}\n${body}`);
