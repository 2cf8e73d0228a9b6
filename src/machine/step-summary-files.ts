import { join } from 'node:path';
import type { Result } from '../base/result.js';
import { ifThere, tryIo } from './io-result.js';
import { readFileUpTo } from './read-file.js';

/** What a step wrote to its step summary, as it is stored beside its log; undefined when nothing, or too much to show. */
export const readStepSummary = (logsFolder: string, step: string, limitBytes: number): Result<string | undefined> =>
  tryIo('cannot read a step summary', () => {
    const read = ifThere(() => readFileUpTo(join(logsFolder, `${step}.summary.md`), limitBytes));
    return read?.ok === true ? read.value?.toString() : undefined;
  });
