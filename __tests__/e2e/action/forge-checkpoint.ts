import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Manifest, StoredArchive, StoredFile } from '../../../src/checkpoint/manifest.js';
import { END, extendedHeader, headerBlock, octal, padded, record } from '../../checkpoint/made-headers.js';
import { newTempFolder } from '../../machine/temp-folder.js';

/** A part of a checkpoint, unpacked. */
export type OpenPart = {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly putManifest: (manifest: Manifest) => void;
  /** Stores a file under that name; returns its entry for the manifest. */
  readonly store: (name: string, content: Buffer) => StoredFile;
};

/** The content of a cache entry after a well-formed change, by an attacker who can do everything that Savepoint can. */
export const forge = (content: Buffer, change: (part: OpenPart) => void): Buffer => {
  using temp = newTempFolder();
  pipe('tar', ['-xf', '-', '-C', temp.path], decompressed(content));
  const root = temp.at('checkpoint');
  const folder = join(root, readdirSync(root)[0] ?? '');
  const manifestFile = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as Manifest;
  change({
    folder,
    manifest,
    putManifest: (changed) => writeFileSync(manifestFile, JSON.stringify(changed)),
    store: (name, bytes) => {
      const stored = gzipSync(bytes);
      writeFileSync(join(folder, name), stored);
      const key = manifest.journal?.key ?? '';
      return { key, name, size_bytes: stored.length, digest: sha256(stored), compression: 'gzip' };
    },
  });
  return compressedLike(content, pipe('tar', ['--posix', '-cf', '-', '-C', temp.path, 'checkpoint'], Buffer.alloc(0)));
};

/** An archive as the content of an entry, compressed like the previous content. */
export const compressedLike = (before: Buffer, archive: Buffer): Buffer =>
  isGzip(before) ? gzipSync(archive) : pipe('zstd', [], archive);

/** A change that replaces all archives by these. */
export const withChain =
  (links: readonly { readonly tree?: Buffer; readonly deleted?: Buffer }[]) =>
  ({ manifest, putManifest, store }: OpenPart): void => {
    const chain = links.map(({ tree, deleted }, index): StoredArchive => ({
      step: 'one',
      ...(tree !== undefined && { tree: store(`forged-${String(index)}.tar`, tree) }),
      ...(deleted !== undefined && { deleted: store(`forged-${String(index)}.deleted`, deleted) }),
    }));
    putManifest({ ...manifest, chain });
  };

/** A change of the manifest alone. */
export const withManifest =
  (change: (manifest: Manifest) => Manifest) =>
  ({ manifest, putManifest }: OpenPart): void =>
    putManifest(change(manifest));

/** A member of a forged archive. */
export type ForgedMember = {
  readonly name: string;
  /** The type in a tar header; default: a file. */
  readonly type?: string;
  readonly linkName?: string;
  readonly body?: string;
  /** The size in the header, which need not be that of the body. */
  readonly sizeBytes?: number;
};

/** An archive of these members. */
export const archiveOf = (...members: readonly ForgedMember[]): Buffer =>
  Buffer.concat([...members.flatMap(blocksOf), END]);

const blocksOf = ({ name, type = '0', linkName, body = '', sizeBytes }: ForgedMember): readonly Buffer[] => {
  const bytes = Buffer.from(body);
  const records = [record('path', name), ...(linkName === undefined ? [] : [record('linkpath', linkName)])];
  const header = headerBlock({ name: 'short', type, size: octal(sizeBytes ?? bytes.length), linkName: 'short' });
  return [extendedHeader(records.join('')), header, ...(bytes.length === 0 ? [] : [padded(bytes)])];
};

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

const isGzip = (content: Buffer): boolean => content[0] === 0x1f && content[1] === 0x8b;

const decompressed = (content: Buffer): Buffer =>
  isGzip(content) ? gunzipSync(content) : pipe('zstd', ['-d'], content);

const pipe = (program: string, args: readonly string[], input: Buffer): Buffer => {
  const { status, stdout, stderr } = spawnSync(program, [...args], { input, maxBuffer: 1024 ** 3 });
  if (status !== 0) throw new Error(`${program} failed: ${stderr.toString()}`);
  return stdout;
};
