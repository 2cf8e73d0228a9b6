import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { ok, type Result } from '../base/result.js';
import type { PackedFile } from './pack-archive.js';
import { packFile, type Storing } from './sealed/stored-file.js';

/** Packs a file as it is, under the name of the target. */
export const packPlainFile = async (file: string, storing: Storing): Promise<Result<PackedFile>> => {
  const packed = await packFile(createReadStream(file), storing);
  if (!packed.ok) return packed;
  const { sizeBytes, digest } = packed.value;
  return ok({ name: basename(storing.target), size_bytes: sizeBytes, digest, compression: storing.compression });
};
