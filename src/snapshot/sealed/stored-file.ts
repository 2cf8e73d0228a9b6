import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { newSha256 } from '../../base/hash.js';
import type { Result } from '../../base/result.js';
import type { Compression } from '../../checkpoint/manifest.js';
import { tryIoAsync } from '../../machine/files/io-result.js';
import { createSealer, type SealContext, type SealKey } from './sealed-file.js';

/** How to store a file. */
export type Storing = {
  /** Absolute path; an existing file is replaced. */
  readonly target: string;
  readonly compression: Compression;
  /** Absent: not encrypted. */
  readonly seal?: { readonly key: SealKey; readonly context: SealContext };
};

/** Size and digest, which prove that a stored file is complete. */
export type StoredProof = {
  readonly sizeBytes: number;
  /** SHA-256 in hex of the stored bytes. */
  readonly digest: string;
};

/**
 * Writes a stream to a file, compressed, then sealed. The file appears once it is complete; after a failure, also of the
 * source, there is none. Memory is flat.
 */
export const packFile = (source: Readable, { target, compression, seal }: Storing): Promise<Result<StoredProof>> =>
  tryIoAsync(`cannot write ${target}`, async () => {
    const draft = `${target}.tmp`;
    const meter = newMeter();
    const stages = [
      createCompressor(compression),
      ...(seal === undefined ? [] : [createSealer(seal.key, seal.context)]),
    ];
    try {
      await pipeline([source, ...stages, meter.stage, createWriteStream(draft, { mode: 0o600 })]);
      await rename(draft, target);
      return meter.proof();
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  });

/** The best compression that this version of Node supports. */
export const bestCompression = (): Compression => ('createZstdCompress' in zlib ? 'zstd' : 'gzip');

const ZSTD_LEVEL = 3;
const GZIP_LEVEL = 1;
const CHUNK_BYTES = 256 * 1024;

const createCompressor = (compression: Compression): Transform =>
  compression === 'gzip'
    ? zlib.createGzip({ level: GZIP_LEVEL, chunkSize: CHUNK_BYTES })
    : zlib.createZstdCompress({
        chunkSize: CHUNK_BYTES,
        params: { [zlib.constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL },
      });

type Meter = { readonly stage: Transform; readonly proof: () => StoredProof };

/** Counts and digests the bytes that pass through. */
const newMeter = (): Meter => {
  const digest = newSha256();
  let sizeBytes = 0;
  const stage = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      digest.update(chunk);
      sizeBytes += chunk.length;
      done(null, chunk);
    },
  });
  return { stage, proof: () => ({ sizeBytes, digest: digest.digest().toString('hex') }) };
};
