import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../base/result.js';
import { tryIo } from '../files/io-result.js';

/** Files of one start of the action that must not lie in the workspace, or that `post` needs; all paths are absolute. */
export type JobFolder = {
  readonly folder: string;
  readonly journalFile: string;
  readonly stateFile: string;
  /** The journal of checkpoints; see `src/checkpoint/chain.ts`. */
  readonly chainFile: string;
  /** Archives that are not uploaded yet. */
  readonly archivesFolder: string;
  /** Tar's listings of the workspace. */
  readonly listingsFolder: string;
  /** The worker process's folder. */
  readonly storeFolder: string;
};

/** The folder of the start with this nonce, below `RUNNER_TEMP`; it need not exist. */
export const jobFolder = (tempDir: string, nonce: string): JobFolder => {
  const folder = join(tempDir, `savepoint-${nonce}`);
  return {
    folder,
    journalFile: join(folder, 'journal.jsonl'),
    stateFile: join(folder, 'pipeline-state.json'),
    chainFile: join(folder, 'chain.jsonl'),
    archivesFolder: join(folder, 'archives'),
    listingsFolder: join(folder, 'listings'),
    storeFolder: join(folder, 'store'),
  };
};

/** Makes the folder; only this user can enter it. */
export const makeJobFolder = ({ folder, archivesFolder, listingsFolder, storeFolder }: JobFolder): Result<void> =>
  tryIo(`cannot make a private folder ${folder}`, () => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const inner of [archivesFolder, listingsFolder, storeFolder]) mkdirSync(inner, { mode: 0o700 });
  });

/** Removes unused archives and listings up to a number. Those that cannot be removed are removed later with the folder. */
export const removeArchives = (
  { archivesFolder, listingsFolder }: JobFolder,
  upTo: number,
  inUse: ReadonlySet<string>,
): void => {
  tryIo('cannot remove old archives', () => {
    for (const folder of [archivesFolder, listingsFolder]) {
      for (const name of readdirSync(folder)) {
        const number = /^(\d+)(?:\.tar)?$/.exec(name)?.[1];
        const file = join(folder, name);
        if (number !== undefined && Number(number) <= upTo && !inUse.has(file)) rmSync(file, { force: true });
      }
    }
  });
};
