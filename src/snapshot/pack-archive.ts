import { rmSync, createReadStream } from 'node:fs';
import { join, basename } from 'node:path';
import { Readable } from 'node:stream';
import { ok, type Result } from '../base/result.js';
import { createScopeFilter, type ArchiveScope } from '../checkpoint/archive-scope.js';
import { deletionsBetween, encodeDeletions } from '../checkpoint/deletions.js';
import type { Compression, StoredFile } from '../checkpoint/manifest.js';
import { createMemberSelection } from '../checkpoint/select-members.js';
import type { ByteName } from '../checkpoint/tar/byte-name.js';
import type { Listing } from '../checkpoint/tar/tar-listing.js';
import type { CheckpointContext, SealKey } from './sealed/sealed-file.js';
import { packFile, type Storing } from './sealed/stored-file.js';
import { readListing, readBackdatedListing } from './tar/backdated-listing.js';
import { createSecretSearch, membersWithSecrets, type SecretSearch } from './tar/find-secrets.js';
import { keptMembers, type Keeping } from './tar/keep-members.js';

/** A raw archive to be packed. Plain data; paths are absolute. */
export type PackJob = {
  readonly tarFile: string;
  /** The listings before and after it; absent for an archive of everything, which has no deletions. */
  readonly before?: string;
  readonly after?: string;
  readonly scope: ArchiveScope;
  /** Names that tar could not read. */
  readonly unreadable: readonly ByteName[];
  /** Folder of the packed files, and their name without extension. */
  readonly folder: string;
  readonly name: string;
  readonly compression: Compression;
};

/** Secrets of an archive, and its encryption. */
export type PackPrivacy = {
  /** Values that must not be stored unencrypted. */
  readonly secrets: readonly string[];
  /** If given, everything is encrypted and nothing left out. The part of each file's context is its name. */
  readonly seal?: { readonly key: SealKey; readonly context: CheckpointContext };
};

/** A packed file that is not in a cache entry yet. */
export type PackedFile = Omit<StoredFile, 'key'>;

/** The packed files of an archive. */
export type PackedArchive = {
  /** `<name>.tree`: absent when nothing changed. */
  readonly tree?: PackedFile;
  /** `<name>.deleted`: absent without deletions. */
  readonly deleted?: PackedFile;
  /** Names left out: they hold a secret, or cannot be restored (a device, a hard link to an omitted file). */
  readonly leftOut: readonly ByteName[];
  /** Total size of both files. */
  readonly bytes: number;
};

/**
 * Packs a raw archive: members in scope and without secrets, compressed, and sealed if there is a key. Memory does not grow
 * with the files. After a failure none of its files exist.
 */
export const packArchive = async (job: PackJob, privacy: PackPrivacy): Promise<Result<PackedArchive>> => {
  const listings = await readListings(job);
  if (!listings.ok) return listings;
  const search = privacy.seal === undefined ? createSecretSearch(privacy.secrets) : undefined;
  const packing: Packing = { job, privacy, search, ...listings.value };
  const tree = await packTree(packing);
  if (!tree.ok) return tree;
  const deleted = await packDeletions(packing);
  if (!deleted.ok) {
    rmSync(join(job.folder, `${job.name}.tree`), { force: true });
    return deleted;
  }
  return ok(together(tree.value, deleted.value));
};

/** Packs a file as it is, under the name of the target. */
export const packPlainFile = (file: string, storing: Storing): Promise<Result<PackedFile>> =>
  packStream(createReadStream(file), storing);

type Packing = {
  readonly job: PackJob;
  readonly privacy: PackPrivacy;
  readonly search: SecretSearch | undefined;
  readonly before?: Listing;
  readonly after?: Listing;
};

const readListings = async ({ before, after }: PackJob): Promise<Result<Pick<Packing, 'before' | 'after'>>> => {
  if (before === undefined || after === undefined) return ok({});
  const [earlier, later] = await Promise.all([readBackdatedListing(before), readListing(after)]);
  if (!earlier.ok) return earlier;
  return later.ok ? ok({ before: earlier.value, after: later.value }) : later;
};

/** One packed file, and the names left out of it. */
type Packed = { readonly file?: PackedFile; readonly leftOut: readonly ByteName[] };

const packTree = async ({ job, privacy, search, before }: Packing): Promise<Result<Packed>> => {
  const isInScope = createScopeFilter(job.scope);
  const select = before === undefined ? undefined : createMemberSelection({ since: before, isInScope });
  const belongs: Keeping['belongs'] = (member) =>
    select === undefined ? isInScope(member.name) : select(member) === 'keep';
  const secret =
    search === undefined ? ok(new Set<ByteName>()) : await membersWithSecrets(job.tarFile, search, belongs);
  if (!secret.ok) return secret;
  const kept = keptMembers(job.tarFile, { belongs, secret: secret.value, unreadable: new Set(job.unreadable) });
  const file = await pack(`${job.name}.tree`, kept.bytes(), { job, privacy });
  if (!file.ok) return file;
  const { count, leftOut } = kept.tally();
  if (count > 0) return ok({ file: file.value, leftOut });
  rmSync(join(job.folder, file.value.name));
  return ok({ leftOut });
};

const packDeletions = async ({ job, privacy, search, before, after }: Packing): Promise<Result<Packed>> => {
  if (before === undefined || after === undefined) return ok({ leftOut: [] });
  const gone = deletionsBetween(before, after, { isInScope: createScopeFilter(job.scope), unreadable: job.unreadable });
  const isSecret = (name: ByteName): boolean => search?.isInName(name) === true;
  const listed = gone.filter(({ name }) => !isSecret(name));
  const leftOut = gone.map(({ name }) => name).filter(isSecret);
  if (listed.length === 0) return ok({ leftOut });
  const file = await pack(`${job.name}.deleted`, [encodeDeletions(listed)], { job, privacy });
  return file.ok ? ok({ file: file.value, leftOut }) : file;
};

const pack = (
  name: string,
  bytes: Iterable<Buffer> | AsyncIterable<Buffer>,
  { job, privacy }: Pick<Packing, 'job' | 'privacy'>,
): Promise<Result<PackedFile>> =>
  packStream(Readable.from(bytes, { objectMode: false }), {
    target: join(job.folder, name),
    compression: job.compression,
    ...sealFor(name, privacy),
  });

const packStream = async (source: Readable, storing: Storing): Promise<Result<PackedFile>> => {
  const packed = await packFile(source, storing);
  if (!packed.ok) return packed;
  const { sizeBytes, digest } = packed.value;
  return ok({ name: basename(storing.target), size_bytes: sizeBytes, digest, compression: storing.compression });
};

const sealFor = (part: string, { seal }: PackPrivacy): Pick<Storing, 'seal'> =>
  seal === undefined ? {} : { seal: { key: seal.key, context: { ...seal.context, part } } };

const together = (tree: Packed, deleted: Packed): PackedArchive => ({
  ...(tree.file === undefined ? {} : { tree: tree.file }),
  ...(deleted.file === undefined ? {} : { deleted: deleted.file }),
  leftOut: [...tree.leftOut, ...deleted.leftOut],
  bytes: (tree.file?.size_bytes ?? 0) + (deleted.file?.size_bytes ?? 0),
});
