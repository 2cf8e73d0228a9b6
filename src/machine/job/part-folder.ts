import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../base/result.js';
import { ifThere, tryIo } from '../files/io-result.js';

/** The folder in which the next part of a checkpoint is assembled. The store saves nothing else. */
export type PartFolder = {
  /** Absolute: the folder whose content is stored. */
  readonly path: string;
  /** Writes a file to be stored. */
  readonly store: (name: string, text: string) => Result<void>;
  /** Writes a file outside the folder, to be packed; returns its path. */
  readonly write: (name: string, content: string | Uint8Array) => Result<string>;
  /** Size of the files to be stored so far. */
  readonly sizeBytes: () => number;
  /** Removes all files of the part. */
  readonly remove: () => void;
};

/** Makes the folder for a part: `checkpoint/<name>` below the store's folder, with nothing else in `checkpoint`. */
export const newPartFolder = (storeFolder: string, name: string): Result<PartFolder> => {
  const root = join(storeFolder, 'checkpoint');
  const aside = join(storeFolder, 'aside');
  const path = join(root, name);
  return tryIo('cannot put a checkpoint together', () => {
    for (const folder of [root, aside]) rmSync(folder, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
    mkdirSync(aside);
    return {
      path,
      store: (file, text) => tryIo('cannot write a checkpoint', () => writeFileSync(join(path, file), text)),
      write: (file, content) =>
        tryIo('cannot write a checkpoint', () => {
          writeFileSync(join(aside, file), content, { mode: 0o600 });
          return join(aside, file);
        }),
      sizeBytes: () => readdirSync(path).reduce((sum, file) => sum + statSync(join(path, file)).size, 0),
      remove: () => {
        for (const folder of [root, aside])
          tryIo('cannot clean up', () => rmSync(folder, { recursive: true, force: true }));
      },
    };
  });
};

/** The current content of a journal; empty when there is none. */
export const readJournalBytes = (file: string): Result<Buffer> =>
  tryIo('cannot read the journal', () => ifThere(() => readFileSync(file)) ?? Buffer.alloc(0));

/** The size of a file; 0 when it does not exist or is inaccessible. */
export const fileSizeBytes = (file: string): number => (isThere(file) ? statSync(file).size : 0);

/** The content of one of our files, of any size. */
export const readWholeFile = (file: string): Result<Buffer> => tryIo(`cannot read ${file}`, () => readFileSync(file));

/** Whether a path exists, links followed. */
export const isThere = (path: string): boolean => existsSync(path);
