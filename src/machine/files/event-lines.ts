import { appendFileSync, readFileSync } from 'node:fs';
import type { Result } from '../../base/result.js';
import type { Json } from '../../base/stable-json.js';
import { ifThere, tryIo } from './io-result.js';

/** Appends one line of JSON to a file, creating it if needed. Later processes see the line, however this one ends. */
export const appendEventLine = (file: string, event: object): Result<void> =>
  tryIo(`cannot write ${file}`, () => {
    appendFileSync(file, `${JSON.stringify(event)}\n`, { mode: 0o600 });
  });

/** The lines of such a file as values, up to the first incomplete one; none when there is no file. */
export const readEventLines = (file: string): Result<readonly Json[]> =>
  tryIo(`cannot read ${file}`, () => {
    const values: Json[] = [];
    for (const line of (ifThere(() => readFileSync(file, 'utf8')) ?? '').split('\n').slice(0, -1)) {
      const value = parse(line);
      if (value === undefined) break;
      values.push(value);
    }
    return values;
  });

const parse = (line: string): Json | undefined => {
  try {
    return JSON.parse(line) as Json;
  } catch {
    return undefined;
  }
};
