import { closeSync, constants, fstatSync, openSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { err, type Result } from '../../base/result.js';
import { createOutputTail } from '../../run/process/output-tail.js';
import { isInside } from '../files/inside.js';
import { ifThere, tryIo } from '../files/io-result.js';
import { readAtMost, readFileUpTo } from '../files/read-file.js';
import { logName } from './step-logs.js';

/** The last lines of a step's latest log, of at most that many bytes, from a whole line on; undefined when there is no log. */
export const readLogTail = (folder: string, step: string, limitBytes: number): Result<string | undefined> => {
  const name = logName(step);
  const file = join(folder, `${name ?? ''}.log`);
  if (name === undefined || !isInside(folder, file)) return err(`"${step}" is no path of a step`);
  return tryIo(`cannot read ${file}`, () => ifThere(() => readTail(file, limitBytes)));
};

// Steps can put anything there: a link is not followed, and a pipe that nobody writes to is not waited for.
const HARMLESS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

const readTail = (file: string, limitBytes: number): string | undefined => {
  const fd = openSync(file, HARMLESS);
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) return undefined;
    const tail = createOutputTail(limitBytes);
    // One byte more tells whether something is before it.
    tail.push(readAtMost(fd, limitBytes + 1, Math.max(0, stat.size - limitBytes - 1)));
    return tail.lines();
  } finally {
    closeSync(fd);
  }
};

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
