import { writeFileSync } from 'node:fs';
import type { Result } from '../../base/result.js';
import { tryIo } from './io-result.js';

/** Writes a file that is not there yet; an error when anything has its name. */
export const createFile = (path: string, text: string): Result<void> =>
  tryIo(`cannot write ${path}`, () => {
    writeFileSync(path, text, { flag: 'wx' });
  });
