import { err, ok, type Result } from '../../base/result.js';
import { isPlainObject, type Json } from '../../base/stable-json.js';

/** Output of a script, read as JSON once the script has ended. */
export type JsonOutput = {
  /** Copies what it keeps. */
  readonly push: (chunk: Buffer) => void;
  /** The outputs by name. The error never quotes the output, which may hold secrets. */
  readonly outputs: () => Result<Readonly<Record<string, Json>>>;
};

const LIMIT_BYTES = 1024 * 1024;

/** Deeper than any useful output; deeper values cannot be stored. */
const MOST_LEVELS = 100;

/** Collects up to 1 MiB of output; more is an error. */
export const createJsonOutput = (): JsonOutput => {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  const push = (chunk: Buffer): void => {
    sizeBytes += chunk.length;
    if (sizeBytes <= LIMIT_BYTES) chunks.push(Buffer.from(chunk));
    else chunks.length = 0;
  };
  const outputs = (): Result<Readonly<Record<string, Json>>> =>
    sizeBytes > LIMIT_BYTES
      ? err('its output is larger than 1MiB, which is the limit for JSON')
      : outputsOf(Buffer.concat(chunks).toString());
  return { push, outputs };
};

const outputsOf = (text: string): Result<Readonly<Record<string, Json>>> => {
  if (text.trim() === '') return err('its output is empty, expected a JSON object');
  const value = parsed(text);
  if (value === undefined) return err('its output is not JSON');
  if (!isPlainObject(value)) return err('its output is JSON, but not an object');
  if (isDeeperThan(MOST_LEVELS, value)) return err(`its output has more than ${String(MOST_LEVELS)} levels`);
  // `JSON.parse` only returns JSON values.
  return ok(value as Readonly<Record<string, Json>>);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const isDeeperThan = (levels: number, value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeperThan(levels - 1, item));
};
