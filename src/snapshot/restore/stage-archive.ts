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

/** What lies in the staging tree, by name. */
export type StagedNames = {
  /** Everything that is no folder. */
  readonly files: Map<ByteName, StagedFile>;
  /** The folders that an archive has a header of; others are there only because something is in them. */
  readonly folders: Map<ByteName, FolderAttributes>;
};

/** Something staged that is no folder. */
export type StagedFile = {
  /** Of its content as archived: 0 for links. */
  readonly sizeBytes: number;
  /** Where it leads, when it is a symbolic link: raw bytes. */
  readonly target: string | undefined;
  readonly mtimeMs: number;
};

/** What is archived of a folder besides its content. */
export type FolderAttributes = { readonly mode: number; readonly mtimeMs: number };

/** Where an archive goes, and what is allowed in it. */
export type ArchiveStaging = {
  /** Absolute. */
  readonly tree: Buffer;
  readonly tar: string;
  readonly names: StagedNames;
  /** One for a whole chain. */
  readonly check: MemberCheck;
  readonly isInScope: (name: ByteName) => boolean;
};

/**
 * Unpacks an archive into the staging tree. Every byte goes through our own reader before tar sees it, and only members
 * that pass the check go on. Folders are made here, with room for what comes into them, and their attributes are only noted.
 */
export const stageArchive = async (source: Readable, staging: ArchiveStaging): Promise<Result<void>> => {
  const extraction = startExtraction(staging.tar, staging.tree.toString());
  const passed = await tryIoResultAsync('cannot unpack it', () => passOn(source, extraction, staging));
  source.destroy();
  if (passed.ok) return extraction.end();
  await extraction.cancel();
  return passed;
};

/** A tar that takes no more has failed; why is known at its end. */
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
  /** What of an archive tar may see. */
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

/** Never through what is there and no folder. */
const makeFolder = (tree: Buffer, name: ByteName): void => {
  const there = statIn(tree, name);
  if (there?.isDirectory() !== true) mkdirSync(pathIn(tree, name), { recursive: there === undefined });
};

/** A symbolic link may have several names. */
const targetOf = ({ kind, linkName = '' }: TarMember, { files }: StagedNames): string | undefined => {
  if (kind === 'hardlink') return files.get(plainName(linkName))?.target;
  return kind === 'symlink' ? linkName : undefined;
};
