import type { Result } from '../../base/result.js';
import type { Compression } from '../../checkpoint/manifest.js';
import type { PackedArchive, PackedFile, PackJob } from '../../snapshot/pack-archive.js';
import type { ManifestText, PartSeal } from '../../snapshot/sealed/read-manifest.js';
import type { RestoreJob, RestoreOutcome } from '../../snapshot/restore/restore-tree.js';
import type { FileToUnpack } from '../../snapshot/sealed/unpack-file.js';
import type { StoreTrouble } from './store-trouble.js';

/**
 * What the worker process can be asked for, by name: what it is given, and what it answers.
 * - Calls may overlap, except that only one `save` may be under way, and nothing else may touch `checkpoint` meanwhile.
 * - "Not there" is an answer; a `StoreTrouble` is what came in between.
 */
export type WorkerCalls = {
  /** The newest entry whose key begins so; no key when there is none. */
  readonly find: { readonly given: { readonly prefix: string }; readonly answer: { readonly key?: string } };
  /** Puts entries below `checkpoint/` in the folder of the store; `missing` are the keys there are none of. */
  readonly download: { readonly given: Keys; readonly answer: { readonly missing: readonly string[] } };
  /** Stores `checkpoint/`, which holds the part of that key and nothing else. An answer means: the entry is there. */
  readonly save: { readonly given: EntryToSave; readonly answer: undefined };
  /** Stores files as an artifact under a name that is new in this attempt. */
  readonly uploadArtifact: { readonly given: ArtifactContent; readonly answer: { readonly id: number } };
  /** Every artifact this attempt can see, in no order: names repeat over attempts, and ids do not rise. */
  readonly listArtifacts: { readonly given: undefined; readonly answer: readonly StoredArtifact[] };
  /** Puts the files of an artifact into a folder, made where there is none. Damage is an error. */
  readonly downloadArtifact: { readonly given: WantedArtifact; readonly answer: undefined };
  /** Packs a raw archive; sealed, or without the files that hold one of the secrets. */
  readonly packArchive: { readonly given: ArchiveToPack; readonly answer: PackedArchive };
  /** Packs a file as it is. */
  readonly packFile: { readonly given: FileToPack; readonly answer: PackedFile };
  /** Reads the manifest of a part that was downloaded. */
  readonly readManifest: { readonly given: PartToRead; readonly answer: ManifestText };
  /** Writes out a file that `packFile` packed. */
  readonly unpackFile: { readonly given: FileToUnpack; readonly answer: undefined };
  /** Puts the chain of a checkpoint into the workspace. Without an answer nobody knows what state that is in. */
  readonly restoreTree: { readonly given: RestoreJob; readonly answer: RestoreOutcome };
};

/** The name of a call. */
export type WorkerCall = keyof WorkerCalls;

/** What a call is given. */
export type Given<C extends WorkerCall> = WorkerCalls[C]['given'];

/** What a call answers. */
export type Answer<C extends WorkerCall> = WorkerCalls[C]['answer'];

/** An entry by its key. One whose key others may choose too is not ours because it is there. */
export type EntryToSave = { readonly key: string; readonly isShared?: true };

/** Keys of entries. */
export type Keys = { readonly keys: readonly string[] };

/** A raw archive, with the values that must not be stored in the open. */
export type ArchiveToPack = PackJob & { readonly secrets: readonly string[]; readonly seal?: PartSeal };

/** A part by its folder, which is absolute; with what it has to be sealed with, if it has to be. */
export type PartToRead = { readonly folder: string; readonly seal?: PartSeal };

/** A file to be packed under a name in a folder; both paths are absolute. */
export type FileToPack = {
  readonly file: string;
  readonly folder: string;
  readonly name: string;
  readonly compression: Compression;
  readonly seal?: PartSeal;
};

/** Files to become an artifact. Paths are absolute; the names in the artifact are those below `root`. */
export type ArtifactContent = {
  readonly name: string;
  readonly files: readonly string[];
  readonly root: string;
  /** Absent: as the repository is set up. */
  readonly retentionDays?: number;
};

/** An artifact that can be downloaded. */
export type StoredArtifact = {
  readonly name: string;
  readonly id: number;
  /** `sha256:` and hex, of the artifact as it is stored; absent on very old ones. */
  readonly digest?: string;
};

/** An artifact to download; with a digest, what comes is compared with it. */
export type WantedArtifact = { readonly id: number; readonly digest?: string; readonly folder: string };

/** What goes to the worker process. What is given fits the call. */
export type ToWorker = {
  readonly kind: 'call';
  readonly id: number;
  readonly call: WorkerCall;
  readonly given: unknown;
};

/**
 * What comes from it: values to hide before anything that could hold them; trouble on the way to an answer, and the size
 * of what is being downloaded; answers.
 */
export type FromWorker =
  | { readonly kind: 'mask'; readonly value: string }
  | { readonly kind: 'trouble'; readonly id: number; readonly message: string }
  | { readonly kind: 'size'; readonly id: number; readonly bytes: number }
  | { readonly kind: 'answer'; readonly id: number; readonly result: Result<unknown, StoreTrouble> };

/** Whether a message is one of ours: it comes from our own process, so its kind says enough. */
export const isToWorker = (message: unknown): message is ToWorker => kindOf(message) === 'call';

/** The same on the other side. */
export const isFromWorker = (message: unknown): message is FromWorker =>
  ['mask', 'trouble', 'size', 'answer'].includes(kindOf(message) ?? '');

const kindOf = (message: unknown): string | undefined =>
  typeof message === 'object' && message !== null && 'kind' in message && typeof message.kind === 'string'
    ? message.kind
    : undefined;
