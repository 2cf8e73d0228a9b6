import { lutimesSync, symlinkSync, unlinkSync } from 'node:fs';
import { err, ok, type Result } from '../../base/result.js';
import { createScopeFilter, type ArchiveScope } from '../../checkpoint/archive-scope.js';
import { displayName, toPath } from '../../checkpoint/tar/byte-name.js';
import { createMemberCheck, type NameIdentity } from '../../checkpoint/check-member.js';
import { decodeDeletions, type Deletion } from '../../checkpoint/deletions.js';
import type { PathMapping } from '../../checkpoint/map-paths.js';
import { pathIn } from '../../machine/files/byte-path.js';
import { tryIo, tryIoAsync } from '../../machine/files/io-result.js';
import { applicableDeletions, removeIfEmpty } from './applicable-deletions.js';
import { stageArchive, type ArchiveStaging, type StagedNames } from './stage-archive.js';
import { openStored, type FileToOpen } from '../sealed/unpack-file.js';

/** One archive of a chain, on this machine. */
export type RestoreLink = { readonly tree?: FileToOpen; readonly deleted?: FileToOpen };

/** A chain to stage. */
export type ChainToStage = {
  /** In the order to be applied. */
  readonly links: readonly RestoreLink[];
  readonly scope: ArchiveScope;
  readonly passphrase?: string;
  /** GNU tar, or another tar without it. */
  readonly tar: string;
  /** An empty folder. Absolute. */
  readonly tree: Buffer;
  /** For absolute targets of symbolic links, as raw bytes. */
  readonly mapTarget: PathMapping;
};

/** The staged result of a chain. */
export type StagedChain = StagedNames & {
  /** Deleted names that were not created again as the same kind; in no order. */
  readonly deletions: readonly Deletion[];
};

/** Unpacks a chain into an empty folder, archive by archive, and checks all of it. */
export const stageChain = async (chain: ChainToStage): Promise<Result<StagedChain>> => {
  const names: StagedNames = { files: new Map(), folders: new Map() };
  const isInScope = createScopeFilter(chain.scope);
  const { tree, tar } = chain;
  const staging = { tree, tar, names, check: createMemberCheck(nameIdentity()), isInScope };
  const deleted = new Map<string, Deletion>();
  for (const link of chain.links) {
    const staged = await stageLink(link, { chain, staging, deleted });
    if (!staged.ok) return staged;
  }
  const linked = mapLinks(names, tree, chain.mapTarget);
  return linked.ok ? ok({ ...names, deletions: stillDeleted(deleted, names) }) : linked;
};

/** File systems of macOS ignore case. */
const nameIdentity = (): NameIdentity => (process.platform === 'darwin' ? 'folded' : 'exact');

type LinkStaging = {
  readonly chain: ChainToStage;
  readonly staging: ArchiveStaging;
  /** By kind and name. */
  readonly deleted: Map<string, Deletion>;
};

/** Deletions come first: a step that replaced a file by a folder has both. */
const stageLink = async (link: RestoreLink, { chain, staging, deleted }: LinkStaging): Promise<Result<void>> => {
  const deletions = link.deleted === undefined ? ok([]) : await readDeletions(link.deleted, chain, staging.isInScope);
  if (!deletions.ok) return deletions;
  for (const deletion of deletions.value) deleted.set(`${deletion.kind} ${deletion.name}`, deletion);
  const applied = tryIo('cannot apply deletions', () => deleteStaged(deletions.value, staging));
  if (!applied.ok || link.tree === undefined) return applied;
  const source = await openFile(link.tree, chain);
  if (!source.ok) return source;
  const staged = await stageArchive(source.value, staging);
  return staged.ok ? staged : err(`the archive "${link.tree.stored.name}": ${staged.error}`);
};

const openFile = ({ file, stored, seal }: FileToOpen, { passphrase }: ChainToStage): ReturnType<typeof openStored> => {
  if (seal === undefined) return openStored(file, stored);
  if (passphrase === undefined) return Promise.resolve(err(`"${stored.name}" is encrypted, and there is no key`));
  return openStored(file, stored, { passphrase, context: seal });
};

/** Upper bound for a deletions file; anything larger is corrupt or hostile. */
const MAX_DELETIONS_BYTES = 512 * 1024 * 1024;

const readDeletions = async (
  file: FileToOpen,
  chain: ChainToStage,
  isInScope: ArchiveStaging['isInScope'],
): Promise<Result<readonly Deletion[]>> => {
  const source = await openFile(file, chain);
  if (!source.ok) return source;
  const what = `cannot read "${file.stored.name}"`;
  const bytes = await tryIoAsync(what, async () => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of source.value) {
      sizeBytes += (chunk as Buffer).length;
      if (sizeBytes > MAX_DELETIONS_BYTES) return undefined;
      chunks.push(chunk as Buffer);
    }
    return Buffer.concat(chunks);
  });
  if (!bytes.ok) return bytes;
  if (bytes.value === undefined) return err(`${what}: it is larger than any list of names`);
  const deletions = decodeDeletions(bytes.value);
  if (!deletions.ok) return err(`${what}: ${deletions.error}`);
  const outside = deletions.value.find(({ name }) => !isInScope(name));
  return outside === undefined
    ? deletions
    : err(`${what}: "${displayName(outside.name)}" does not belong to checkpoints`);
};

/** Updates the records together with the tree. */
const deleteStaged = (deletions: readonly Deletion[], { tree, names, check }: ArchiveStaging): void => {
  for (const { name, kind } of applicableDeletions(tree, deletions)) {
    const path = pathIn(tree, name);
    if (kind === 'other') unlinkSync(path);
    else if (!removeIfEmpty(path)) continue;
    names.files.delete(name);
    names.folders.delete(name);
    check.deleted(name);
  }
};

/** Replaces symbolic links whose absolute target has another path on this machine. */
const mapLinks = ({ files }: StagedNames, tree: Buffer, mapTarget: PathMapping): Result<void> =>
  tryIo('cannot replace a link', () => {
    for (const [name, { target, mtimeMs }] of files) {
      if (target?.startsWith('/') !== true) continue;
      const mapped = mapTarget(target);
      if (mapped === target) continue;
      const path = pathIn(tree, name);
      unlinkSync(path);
      symlinkSync(toPath(mapped), path);
      lutimesSync(path, mtimeMs / 1000, mtimeMs / 1000);
    }
  });

const stillDeleted = (deleted: ReadonlyMap<string, Deletion>, names: StagedNames): readonly Deletion[] =>
  [...deleted.values()].filter(({ name, kind }) =>
    kind === 'folder' ? !names.folders.has(name) : !names.files.has(name),
  );
