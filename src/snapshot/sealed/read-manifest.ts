import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { ok, type Result } from '../../base/result.js';
import { codeOf, tryIoAsync } from '../../machine/files/io-result.js';
import { createUnsealer, type CheckpointContext } from './sealed-file.js';

/** The manifest of a part as text, or the problem with the part, in words that follow "because". */
export type ManifestText =
  { readonly text: string; readonly problem?: undefined } | { readonly problem: string; readonly text?: undefined };

/** Passphrase and context that a part must be sealed with. */
export type PartSeal = { readonly passphrase: string; readonly context: CheckpointContext };

/**
 * Reads the manifest in the folder of a downloaded part, which is not trusted: only `manifest.sealed` with a seal, only
 * `manifest.json` without one. An error means that the disk cannot be read.
 */
export const readManifest = async (folder: string, seal: PartSeal | undefined): Promise<Result<ManifestText>> => {
  const wanted = seal === undefined ? PLAIN_NAME : SEALED_NAME;
  const found = await readSmallFile(join(folder, wanted));
  if (!found.ok) return found;
  if (found.value === undefined) return whyNotThere(folder, seal);
  if (typeof found.value === 'string') return ok({ problem: found.value });
  return seal === undefined ? ok({ text: found.value.toString() }) : ok(await unpack(found.value, seal));
};

const PLAIN_NAME = 'manifest.json';
const SEALED_NAME = 'manifest.sealed';

/** Upper bound for a manifest; anything larger is corrupt or hostile. */
const LARGEST_BYTES = 64 * 1024 * 1024;

/** Does not follow links, and does not block on pipes. */
const READ_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The content, or a text that says why it is not used; undefined when the file does not exist. */
const readSmallFile = (path: string): Promise<Result<Buffer | string | undefined>> =>
  tryIoAsync('cannot read the manifest', async () => {
    const file = await open(path, READ_FLAGS).catch(absentWhenMissing);
    if (typeof file !== 'object') return file;
    try {
      const stat = await file.stat();
      return stat.isFile() && stat.size <= LARGEST_BYTES ? await file.readFile() : 'its manifest is not a regular file';
    } finally {
      await file.close();
    }
  });

const absentWhenMissing = (error: unknown): string | undefined => {
  if (codeOf(error) === 'ENOENT') return undefined;
  if (codeOf(error) === 'ELOOP') return 'its manifest is not a regular file';
  throw error;
};

const whyNotThere = async (folder: string, seal: PartSeal | undefined): Promise<Result<ManifestText>> => {
  const other = await readSmallFile(join(folder, seal === undefined ? SEALED_NAME : PLAIN_NAME));
  if (!other.ok) return other;
  if (other.value === undefined) return ok({ problem: 'it holds no manifest' });
  return ok({
    problem:
      seal === undefined
        ? 'it is encrypted, and this job has no "encryption-key"'
        : 'it is not encrypted, although this job has an "encryption-key"',
  });
};

const unpack = async (sealed: Buffer, { passphrase, context }: PartSeal): Promise<ManifestText> => {
  try {
    const unsealer = createUnsealer(passphrase, { ...context, part: SEALED_NAME });
    const packed = await buffer(Readable.from([sealed]).compose<NodeJS.ReadableStream>(unsealer));
    return { text: (await decompress(packed)).toString() };
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return { problem: `its manifest cannot be opened: ${error instanceof Error ? error.message : ''}` };
  }
};

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

/** The compression of a manifest is recorded nowhere; its first bytes show it (RFC 1952, RFC 8878). */
const decompress = (packed: Buffer): Promise<Buffer> => {
  const limit = { maxOutputLength: LARGEST_BYTES };
  if (packed.subarray(0, 2).equals(GZIP_MAGIC)) return promisify(zlib.gunzip)(packed, limit);
  return promisify(zlib.zstdDecompress)(packed, limit);
};
