import { mkdirSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { err, ok, type Result } from '../../base/result.js';
import { displayName, plainName, type ByteName } from '../../checkpoint/tar/byte-name.js';
import type { MemberCheck } from '../../checkpoint/check-member.js';
import { END_OF_ARCHIVE } from '../../checkpoint/tar/tar-headers.js';
import { createTarReader, type TarMember } from '../../checkpoint/tar/tar-reader.js';
import { pathIn, statIn } from '../../machine/files/byte-path.js';
import { startExtraction, type Extraction } from '../tar/run-tar.js';
import { tryIoResultAsync } from '../../machine/files/io-result.js';

/** The content of the staging tree, by name. */
export type StagedNames = {
  /** Everything except folders. */
  readonly files: Map<ByteName, StagedFile>;
  /** Folders with a header in an archive; other folders exist only because of their content. */
  readonly folders: Map<ByteName, FolderAttributes>;
};

/** A staged entry other than a folder. */
export type StagedFile = {
  /** Size of its archived content: 0 for links. */
  readonly sizeBytes: number;
  /** Target of a symbolic link: raw bytes. */
  readonly target: string | undefined;
  readonly mtimeMs: number;
};

/** Archived attributes of a folder. */
export type FolderAttributes = { readonly mode: number; readonly mtimeMs: number };

/** Target of an archive, and the rules for its members. */
export type ArchiveStaging = {
  /** Absolute. */
  readonly tree: Buffer;
  readonly tar: string;
  readonly names: StagedNames;
  /** Shared by a whole chain. */
  readonly check: MemberCheck;
  readonly isInScope: (name: ByteName) => boolean;
};

/**
 * Unpacks an archive into the staging tree. Our own reader checks every byte before tar sees it, and only members that
 * pass are forwarded. Folders are made here and stay writable; their attributes are only recorded.
 */
export const stageArchive = async (source: Readable, staging: ArchiveStaging): Promise<Result<void>> => {
  const extraction = startExtraction(staging.tar, staging.tree.toString());
  const passed = await tryIoResultAsync('cannot unpack it', () => passOn(source, extraction, staging));
  source.destroy();
  if (passed.ok) return extraction.end();
  await extraction.cancel();
  return passed;
};

/** If tar accepts no more input it has failed; `end` reports why. */
const passOn = async (source: Readable, extraction: Extraction, staging: ArchiveStaging): Promise<Result<void>> => {
  const filter = createMemberFilter(staging);
  for await (const chunk of source) {
    const passed = filter.push(chunk as Buffer);
    if (!passed.ok) return passed;
    if (!(await extraction.write(passed.value))) return ok(undefined);
  }
  const whole = filter.end();
  if (whole.ok) await extraction.write(END_OF_ARCHIVE);
  return whole;
};

type MemberFilter = {
  /** The bytes of an archive that tar may see. */
  readonly push: (chunk: Buffer) => Result<Buffer>;
  readonly end: () => Result<void>;
};

const createMemberFilter = (staging: ArchiveStaging): MemberFilter => {
  const seen = new Set<ByteName>();
  let refusal: string | undefined;
  let passing = false;
  let kept: Buffer[] = [];
  const reader = createTarReader({
    member: (member) => {
      if (refusal !== undefined) return;
      const because = seen.has(member.name) ? 'it is in the archive twice' : whyRefused(member, staging);
      if (because !== undefined) refusal = `"${displayName(member.name)}" is refused: ${because}`;
      passing = because === undefined && member.kind !== 'folder';
      if (because === undefined) noteMember(member, staging);
      if (passing) kept.push(member.headers);
      seen.add(member.name);
    },
    body: (chunk) => {
      if (passing) kept.push(chunk);
    },
  });
  const push: MemberFilter['push'] = (chunk) => {
    const read = reader.push(chunk);
    if (refusal !== undefined) return err(refusal);
    const passed = Buffer.concat(kept);
    kept = [];
    return read.ok ? ok(passed) : read;
  };
  return { push, end: () => reader.end() };
};

const whyRefused = (member: TarMember, { check, isInScope }: ArchiveStaging): string | undefined =>
  check.check(member) ?? (isInScope(member.name) ? undefined : 'it does not belong to checkpoints');

const noteMember = (member: TarMember, { names, tree }: ArchiveStaging): void => {
  const { name, kind, mode, mtimeMs } = member;
  if (kind === 'folder') {
    makeFolder(tree, name);
    names.folders.set(name, { mode, mtimeMs });
  } else {
    const target = targetOf(member, names);
    names.files.set(name, { sizeBytes: target === undefined ? member.sizeBytes : 0, target, mtimeMs });
  }
};

/** Never replaces or follows an entry that is not a folder. */
const makeFolder = (tree: Buffer, name: ByteName): void => {
  const there = statIn(tree, name);
  if (there?.isDirectory() !== true) mkdirSync(pathIn(tree, name), { recursive: there === undefined });
};

/** A hard link may lead to a symbolic link. */
const targetOf = ({ kind, linkName = '' }: TarMember, { files }: StagedNames): string | undefined => {
  if (kind === 'hardlink') return files.get(plainName(linkName))?.target;
  return kind === 'symlink' ? linkName : undefined;
};
