import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../base/result.js';
import { ifThere, tryIo } from '../files/io-result.js';

/** The folder of the worker process; only this user can enter it. Paths are absolute. */
export type StoreFolder = {
  readonly path: string;
  /** Parts of checkpoints that are uploaded or were downloaded, a folder each. */
  readonly checkpoint: string;
  /** Temporary files of the toolkit. */
  readonly temp: string;
  /** Programs that come first on the search path; outside the folder, where no cache entry can overwrite them. */
  readonly programs: string;
};

/** The paths within a store folder. */
export const storeFolder = (path: string): StoreFolder => ({
  path,
  checkpoint: join(path, 'checkpoint'),
  temp: join(path, 'temp'),
  programs: `${path}-programs`,
});

/** Makes the missing parts of a store folder and removes what an earlier process left in `temp`. */
export const prepareStoreFolder = ({ path, checkpoint, temp }: StoreFolder): Result<void> =>
  tryIo(`cannot use the folder "${path}"`, () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    rmSync(temp, { recursive: true, force: true });
    for (const folder of [checkpoint, temp]) mkdirSync(folder, { recursive: true });
  });

/** The names of the parts in a store folder. */
export const partsIn = ({ checkpoint }: StoreFolder): Result<readonly string[]> =>
  tryIo(`cannot read "${checkpoint}"`, () => ifThere(() => readdirSync(checkpoint)) ?? []);
