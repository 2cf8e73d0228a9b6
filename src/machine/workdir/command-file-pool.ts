import { closeSync, lstatSync, mkdirSync, openSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { AttemptFiles } from '../../run/context/ports.js';
import { ifThere } from '../files/io-result.js';

/** Absolute paths of the command files of one attempt. */
export type CommandFiles = Pick<AttemptFiles, 'outputFile' | 'envFile' | 'pathFile' | 'summaryFile'>;

/**
 * Sets of command files, each in a folder of its own. A set that an attempt did not touch is reused under a new name: on
 * ext4, creating a file can take 100 times longer where many were deleted in the last minutes.
 * Both calls throw the system's errors.
 */
export type CommandFilePool = {
  /** Makes empty files, for this user only, in a folder with this path. */
  readonly take: (folder: string) => CommandFiles;
  /** Takes such a folder back, or removes it when its files were touched. */
  readonly putBack: (folder: string) => void;
};

const NAMES = ['output', 'env', 'path', 'summary'] as const;

/** A pool that keeps unused folders below `parent`. */
export const createCommandFilePool = (parent: string): CommandFilePool => {
  const store = join(parent, 'unused');
  const unused: string[] = [];
  let count = 0;
  mkdirSync(store, { mode: 0o700 });
  return {
    take: (folder) => {
      const known = unused.pop();
      if (known === undefined) createFiles(folder);
      else renameSync(known, folder);
      return filesIn(folder);
    },
    putBack: (folder) => {
      if (!isUntouched(folder)) {
        rmSync(folder, { recursive: true, force: true });
        return;
      }
      const parked = join(store, String(++count));
      renameSync(folder, parked);
      unused.push(parked);
    },
  };
};

const createFiles = (folder: string): void => {
  mkdirSync(folder, { mode: 0o700 });
  for (const name of NAMES) closeSync(openSync(join(folder, name), 'wx', 0o600));
};

const filesIn = (folder: string): CommandFiles => ({
  outputFile: join(folder, 'output'),
  envFile: join(folder, 'env'),
  pathFile: join(folder, 'path'),
  summaryFile: join(folder, 'summary'),
});

/** Whether the folder holds exactly the empty files it was made with, without further hard links. */
const isUntouched = (folder: string): boolean => {
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return false;
  return (
    ifThere(() => readdirSync(folder).length === NAMES.length && NAMES.every((name) => isNew(join(folder, name)))) ===
    true
  );
};

const isNew = (file: string): boolean => {
  const stat = lstatSync(file);
  return stat.isFile() && stat.size === 0 && stat.nlink === 1 && (stat.mode & 0o777) === 0o600;
};
