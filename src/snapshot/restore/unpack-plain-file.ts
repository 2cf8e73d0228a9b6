import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { err, type Result } from '../../base/result.js';
import { tryIoAsync } from '../../machine/files/io-result.js';
import type { FileToOpen } from './stage-chain.js';
import { openStored } from '../sealed/unpack-file.js';

/** A stored file to be written out. Plain data; paths are absolute. */
export type FileToUnpack = {
  readonly file: FileToOpen;
  /** What lies there is replaced. */
  readonly target: string;
  /** With it the file has to be a sealed one. */
  readonly passphrase?: string;
};

/** Writes out what `packPlainFile` packed. Nothing of a file that is not what was stored is left in its place. */
export const unpackPlainFile = async ({ file, target, passphrase }: FileToUnpack): Promise<Result<undefined>> => {
  const { seal } = file;
  if (passphrase === undefined && seal !== undefined) return err(`"${file.stored.name}" is encrypted; there is no key`);
  if (passphrase !== undefined && seal === undefined)
    return err(`"${file.stored.name}" is not encrypted as it has to be`);
  const unseal = passphrase === undefined || seal === undefined ? undefined : { passphrase, context: seal };
  const opened = await openStored(file.file, file.stored, unseal);
  if (!opened.ok) return opened;
  const written = await tryIoAsync(`cannot unpack "${file.stored.name}"`, async () => {
    await pipeline(opened.value, createWriteStream(target, { mode: 0o600 }));
    return undefined;
  });
  if (!written.ok) await rm(target, { force: true });
  return written;
};
