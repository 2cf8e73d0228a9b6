import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { encodeDeletions, type Deletion } from '../../src/checkpoint/deletions.js';
import type { StoredFile } from '../../src/checkpoint/manifest.js';
import { createSealer, deriveSealKey, type SealContext } from '../../src/snapshot/sealed/sealed-file.js';
import type { FileToOpen } from '../../src/snapshot/sealed/unpack-file.js';

/** The target of a stored file, and whether it is sealed. */
export type StoredPlace = {
  readonly folder: string;
  readonly name: string;
  readonly seal?: { readonly passphrase: string; readonly context: SealContext };
};

/** The manifest entry for these bytes. */
export const storedBytes = (name: string, bytes: Buffer): StoredFile => ({
  key: 'a-key',
  name,
  size_bytes: bytes.length,
  digest: createHash('sha256').update(bytes).digest('hex'),
  compression: 'gzip',
});

/** Stores content as a part of a checkpoint would hold it. */
export const storeContent = async (content: Buffer, { folder, name, seal }: StoredPlace): Promise<FileToOpen> => {
  const packed = gzipSync(content, { level: 1 });
  const bytes = seal === undefined ? packed : await sealed(packed, seal);
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return { file, stored: storedBytes(name, bytes), ...(seal !== undefined && { seal: seal.context }) };
};

/** Stores a list of deletions. */
export const storeDeletions = (deletions: readonly Deletion[], place: StoredPlace): Promise<FileToOpen> =>
  storeContent(encodeDeletions(deletions), place);

const sealed = async (bytes: Buffer, seal: NonNullable<StoredPlace['seal']>): Promise<Buffer> =>
  buffer(Readable.from([bytes]).pipe(createSealer(await deriveSealKey(seal.passphrase), seal.context)));
