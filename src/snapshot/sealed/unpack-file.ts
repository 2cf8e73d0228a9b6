import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline, type Duplex, type Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { newSha256 } from '../../base/hash.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Compression, StoredFile } from '../../checkpoint/manifest.js';
import { tryIoAsync } from '../../machine/files/io-result.js';
import { createUnsealer, type SealContext } from './sealed-file.js';

/** What is known of a stored file's bytes. */
export type StoredBytes = Pick<StoredFile, 'size_bytes' | 'digest' | 'compression'>;

/** What a sealed file is opened with. */
export type Unseal = { readonly passphrase: string; readonly context: SealContext };

/**
 * What a stored file holds, unsealed and decompressed. Size and digest of the stored bytes are checked before anything
 * is given on; what does not unseal or decompress ends the stream with an error that has a `code`.
 */
export const openStored = async (file: string, stored: StoredBytes, unseal?: Unseal): Promise<Result<Readable>> => {
  const decompressor = newDecompressor(stored.compression);
  if (!decompressor.ok) return decompressor;
  const name = basename(file);
  const opened = await tryIoAsync(`cannot read the stored file "${name}"`, () => open(file, READ_FLAGS));
  if (!opened.ok) return opened;
  const trouble = await tryIoAsync(`cannot read the stored file "${name}"`, () => whyDamaged(opened.value, stored));
  if (trouble.ok && trouble.value === undefined) {
    return ok(decoded(wholeFile(opened.value), { decompressor: decompressor.value, unseal }));
  }
  await opened.value.close();
  return trouble.ok ? err(`the stored file "${name}" is damaged: ${trouble.value ?? ''}`) : trouble;
};

const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const CHUNK_BYTES = 256 * 1024;

const newDecompressor = (compression: Compression): Result<Duplex> => {
  if (compression === 'gzip') return ok(zlib.createGunzip({ chunkSize: CHUNK_BYTES }));
  // Node 20 has no zstd.
  if (!('createZstdDecompress' in zlib)) {
    return err(`it is compressed with zstd, which Node ${process.versions.node} cannot read; use Node 22.15 or newer`);
  }
  return ok(zlib.createZstdDecompress({ chunkSize: CHUNK_BYTES }));
};

/** Undefined when it is what was stored. */
const whyDamaged = async (file: FileHandle, stored: StoredBytes): Promise<string | undefined> => {
  const stat = await file.stat();
  if (!stat.isFile()) return 'it is no file';
  if (stat.size !== stored.size_bytes) return `it has ${stat.size} bytes instead of ${stored.size_bytes}`;
  const content = newSha256();
  for await (const chunk of wholeFile(file, { autoClose: false })) content.update(chunk as Buffer);
  return content.digest().toString('hex') === stored.digest ? undefined : 'its digest is not the recorded one';
};

const wholeFile = (file: FileHandle, options: { readonly autoClose?: boolean } = {}): Readable =>
  file.createReadStream({ ...options, start: 0, highWaterMark: CHUNK_BYTES });

type Decoding = { readonly decompressor: Duplex; readonly unseal: Unseal | undefined };

/** Errors travel to the end of the pipe, which is what the caller reads; there they are seen. */
const decoded = (source: Readable, { decompressor, unseal }: Decoding): Readable => {
  if (unseal === undefined) return pipeline(source, decompressor, () => {});
  const unsealer = createUnsealer(unseal.passphrase, unseal.context);
  return pipeline(source, unsealer, decompressor, () => {});
};
