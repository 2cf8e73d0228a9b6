import { closeSync, constants, fstatSync, openSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { err, type Result } from '../../base/result.js';
import { createOutputTail } from '../../run/process/output-tail.js';
import { isInside } from '../files/inside.js';
import { ifThere, tryIo } from '../files/io-result.js';
import { readAtMost, readFileUpTo } from '../files/read-file.js';
import { logName } from './step-logs.js';

/** The last whole lines of a step's latest log, within the limit; undefined when there is no log. */
export const readLogTail = (folder: string, step: string, limitBytes: number): Result<string | undefined> => {
  const name = logName(step);
  const file = join(folder, `${name ?? ''}.log`);
  if (name === undefined || !isInside(folder, file)) return err(`"${step}" is not the path of a step`);
  return tryIo(`cannot read ${file}`, () => ifThere(() => readTail(file, limitBytes)));
};

// Steps can put anything there: links are not followed, and a pipe without a writer does not block.
const HARMLESS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const readTail = (file: string, limitBytes: number): string | undefined => {
  const fd = openSync(file, HARMLESS);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return undefined;
    const tail = createOutputTail(limitBytes);
    // One more byte shows whether the first line is whole.
    tail.push(readAtMost(fd, limitBytes + 1, Math.max(0, stat.size - limitBytes - 1)));
    return tail.lines();
  } finally {
    closeSync(fd);
  }
};

/** The step summary stored next to a step's log; undefined when it is missing or too large to show. */
export const readStepSummary = (logsFolder: string, step: string, limitBytes: number): Result<string | undefined> =>
  tryIo('cannot read a step summary', () => {
    const name = logName(step);
    if (name === undefined) return undefined;
    const file = join(logsFolder, `${name}.summary.md`);
    // Steps can put anything there, such as a pipe without a writer.
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
    const read = readFileUpTo(file, limitBytes);
    return read.ok ? read.value?.toString() : undefined;
  });
