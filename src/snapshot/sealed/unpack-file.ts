import { constants, createWriteStream } from 'node:fs';
import { open, type FileHandle, rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline, type Duplex, type Readable } from 'node:stream';
import { pipeline as copyStream } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { newSha256 } from '../../base/hash.js';
import { err, ok, type Result } from '../../base/result.js';
import type { Compression, StoredFile } from '../../checkpoint/manifest.js';
import { tryIoAsync } from '../../machine/files/io-result.js';
import { createUnsealer, type SealContext } from './sealed-file.js';

/** Recorded size, digest and compression of a stored file. */
export type StoredBytes = Pick<StoredFile, 'size_bytes' | 'digest' | 'compression'>;

/** Passphrase and context that open a sealed file. */
export type Unseal = { readonly passphrase: string; readonly context: SealContext };

/** A stored file on this machine, with its context if it is sealed. */
export type FileToOpen = {
  /** Absolute. */
  readonly file: string;
  readonly stored: StoredFile;
  readonly seal?: SealContext;
};

/** A stored file to be unpacked. Plain data; paths are absolute. */
export type FileToUnpack = {
  readonly file: FileToOpen;
  /** An existing file is replaced. */
  readonly target: string;
  /** If given, the file must be sealed. */
  readonly passphrase?: string;
};

/**
 * The content of a stored file, unsealed and decompressed. Size and digest of the stored bytes are checked first. A failure
 * to unseal or decompress ends the stream with an error that has a `code`.
 */
export const openStored = async (file: string, stored: StoredBytes, unseal?: Unseal): Promise<Result<Readable>> => {
  const decompressor = newDecompressor(stored.compression);
  if (!decompressor.ok) return decompressor;
  const name = basename(file);
  const opened = await tryIoAsync(`cannot read the stored file "${name}"`, () => open(file, READ_FLAGS));
  if (!opened.ok) return opened;
  const trouble = await tryIoAsync(`cannot read the stored file "${name}"`, () => whyDamaged(opened.value, stored));
  if (trouble.ok && trouble.value === undefined) {
    return ok(decoded(wholeFile(opened.value), decompressor.value, unseal));
  }
  await opened.value.close();
  return trouble.ok ? err(`the stored file "${name}" is damaged: ${trouble.value ?? ''}`) : trouble;
};

/** Unpacks a file that `packPlainFile` packed. After a failure there is no file at the target. */
export const unpackPlainFile = async ({ file, target, passphrase }: FileToUnpack): Promise<Result<undefined>> => {
  const { seal } = file;
  if (passphrase === undefined && seal !== undefined) return err(`"${file.stored.name}" is encrypted; there is no key`);
  if (passphrase !== undefined && seal === undefined)
    return err(`"${file.stored.name}" is not encrypted as it has to be`);
  const unseal = passphrase === undefined || seal === undefined ? undefined : { passphrase, context: seal };
  const opened = await openStored(file.file, file.stored, unseal);
  if (!opened.ok) return opened;
  const written = await tryIoAsync(`cannot unpack "${file.stored.name}"`, async () => {
    await copyStream(opened.value, createWriteStream(target, { mode: 0o600 }));
    return undefined;
  });
  if (!written.ok) await rm(target, { force: true });
  return written;
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

/** Undefined when size and digest match. */
const whyDamaged = async (file: FileHandle, stored: StoredBytes): Promise<string | undefined> => {
  const stat = await file.stat();
  if (!stat.isFile()) return 'it is not a regular file';
  if (stat.size !== stored.size_bytes) return `it has ${stat.size} bytes instead of ${stored.size_bytes}`;
  const content = newSha256();
  for await (const chunk of wholeFile(file, { autoClose: false })) content.update(chunk as Buffer);
  return content.digest().toString('hex') === stored.digest ? undefined : 'its digest is not the recorded one';
};

const wholeFile = (file: FileHandle, options: { readonly autoClose?: boolean } = {}): Readable =>
  file.createReadStream({ ...options, start: 0, highWaterMark: CHUNK_BYTES });

/** Errors propagate to the last stream, which the caller reads. */
const decoded = (source: Readable, decompressor: Duplex, unseal: Unseal | undefined): Readable => {
  if (unseal === undefined) return pipeline(source, decompressor, () => {});
  const unsealer = createUnsealer(unseal.passphrase, unseal.context);
  return pipeline(source, unsealer, decompressor, () => {});
};
