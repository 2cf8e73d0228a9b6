import type { Result } from '../../base/result.js';
import type { Compression } from '../../checkpoint/manifest.js';
import type { PackedArchive, PackedFile, PackJob } from '../../snapshot/pack-archive.js';
import type { RestoreJob, RestoreOutcome } from '../../snapshot/restore/restore-tree.js';
import type { FileToUnpack } from '../../snapshot/sealed/unpack-file.js';
import type { ManifestText, PartSeal } from '../../snapshot/sealed/read-manifest.js';
import type { StoreTrouble } from './store-trouble.js';

/** The heavy work on the files of a checkpoint. It needs no store. Calls may overlap, and none has a deadline. */
export type ArchiveWorker = {
  /** Packs a raw archive: sealed, or without the files that hold one of the secrets. */
  readonly packArchive: (archive: ArchiveToPack) => Promise<Result<PackedArchive, StoreTrouble>>;
  /** Packs a file as it is. */
  readonly packFile: (file: FileToPack) => Promise<Result<PackedFile, StoreTrouble>>;
  /** Reads the manifest of a part that was downloaded. */
  readonly readManifest: (part: PartToRead) => Promise<Result<ManifestText, StoreTrouble>>;
  /** Writes out a file that `packFile` packed. */
  readonly unpackFile: (file: FileToUnpack) => Promise<Result<undefined, StoreTrouble>>;
  /** Puts the chain of a checkpoint into the workspace. After an error the workspace may be in any state. */
  readonly restoreTree: (job: RestoreJob) => Promise<Result<RestoreOutcome, StoreTrouble>>;
};

/** A raw archive, with the values that must not be stored in the open. */
export type ArchiveToPack = PackJob & { readonly secrets: readonly string[]; readonly seal?: PartSeal };

/** A part by its folder, which is absolute. With a seal, the part has to be sealed with it. */
export type PartToRead = { readonly folder: string; readonly seal?: PartSeal };

/** A file to be packed under a name in a folder; both paths are absolute. */
export type FileToPack = {
  readonly file: string;
  readonly folder: string;
  readonly name: string;
  readonly compression: Compression;
  readonly seal?: PartSeal;
};
