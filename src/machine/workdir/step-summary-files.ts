import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../base/result.js';
import { tryIo } from '../files/io-result.js';
import { logName } from './log-name.js';
import { readFileUpTo } from '../files/read-file.js';

/** What a step wrote to its step summary, as it is stored beside its log; undefined when nothing, or too much to show. */
export const readStepSummary = (logsFolder: string, step: string, limitBytes: number): Result<string | undefined> =>
  tryIo('cannot read a step summary', () => {
    const name = logName(step);
    if (name === undefined) return undefined;
    const file = join(logsFolder, `${name}.summary.md`);
    // Steps can put anything there, such as a pipe that nobody writes to.
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
    const read = readFileUpTo(file, limitBytes);
    return read.ok ? read.value?.toString() : undefined;
  });
