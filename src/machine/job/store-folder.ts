import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from '../../base/result.js';
import { ifThere, tryIo } from '../files/io-result.js';

/** The folder that a store process works in; only this user may enter it. Paths are absolute. */
export type StoreFolder = {
  readonly path: string;
  /** The parts of checkpoints that come and go, a folder each. */
  readonly checkpoint: string;
  /** Of the toolkit. */
  readonly temp: string;
  /** Programs that are found before those of the machine; beside it, where no entry is unpacked over them. */
  readonly programs: string;
};

/** The places of a store folder. */
export const storeFolder = (path: string): StoreFolder => ({
  path,
  checkpoint: join(path, 'checkpoint'),
  temp: join(path, 'temp'),
  programs: `${path}-programs`,
});

/** Makes what is missing of a store folder, and removes what an earlier process, perhaps killed, has left in `temp`. */
export const prepareStoreFolder = ({ path, checkpoint, temp }: StoreFolder): Result<void> =>
  tryIo(`cannot use the folder "${path}"`, () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    rmSync(temp, { recursive: true, force: true });
    for (const folder of [checkpoint, temp]) mkdirSync(folder, { recursive: true });
  });

/** The names of the parts that lie in a store folder. */
export const partsIn = ({ checkpoint }: StoreFolder): Result<readonly string[]> =>
  tryIo(`cannot read "${checkpoint}"`, () => ifThere(() => readdirSync(checkpoint)) ?? []);
