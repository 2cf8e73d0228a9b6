import { readdirSync, type Stats } from 'node:fs';
import { err, ok, type Result } from '../../base/result.js';
import { displayName, fromPath, nameWithin, type ByteName } from '../../checkpoint/tar/byte-name.js';
import { pathIn, statIn } from '../../machine/files/byte-path.js';
import { codeOf, ioMessage } from '../../machine/files/io-result.js';
import { applicableDeletions } from './applicable-deletions.js';
import type { StagedChain } from './stage-chain.js';
import { createWorkspaceChanges, type ChangedFolders, type WorkspaceChanges } from './workspace-changes.js';

/** Result of adopting a staged tree into a workspace. */
export type Adoption =
  /** `deleted` is the number of deleted names. */
  | { readonly kind: 'adopted'; readonly deleted: number }
  /** The workspace is unchanged. */
  | { readonly kind: 'refused'; readonly because: string }
  /** The workspace could not be put back; the folder `displaced` holds the removed entries. */
  | { readonly kind: 'broken'; readonly message: string };

/**
 * Applies a chain's deletions to a workspace and moves its staged tree in, by renames only, so the cost depends on what is
 * staged, not on what is there. Everything else stays: links are not followed, and a folder that the chain did not delete
 * is never replaced. Any failure undoes all of it. No other process may work in the workspace.
 */
export const adoptTree = (folders: ChangedFolders, staged: StagedChain): Adoption => {
  const changes = createWorkspaceChanges(folders);
  const adopted = attempt(changes, () => {
    const deleted = deleteNames(staged, folders, changes);
    const because = adoptFolder('', { folders, changes, deletedFolders: deletedFolders(staged) });
    if (because !== undefined) return err(because);
    changes.settle(staged.folders);
    return ok(deleted);
  });
  if (adopted.ok) return { kind: 'adopted', deleted: adopted.value };
  const lost = changes.undo();
  if (lost.length === 0) return { kind: 'refused', because: adopted.error };
  return { kind: 'broken', message: `${adopted.error}; this could not be put back: ${lost.join('; ')}` };
};

/** A system error is a reason to refuse; after our own bug the changes are undone too. */
const attempt = (changes: WorkspaceChanges, work: () => Result<number>): Result<number> => {
  try {
    return work();
  } catch (error) {
    if (codeOf(error) !== undefined) return err(ioMessage('the workspace cannot be changed', error));
    changes.undo();
    throw error;
  }
};

const deleteNames = ({ deletions }: StagedChain, folders: ChangedFolders, changes: WorkspaceChanges): number => {
  let deleted = 0;
  for (const { name, kind } of applicableDeletions(folders.workspace, deletions)) {
    if (kind === 'other') changes.moveAside(name);
    if (kind === 'other' || changes.removeFolder(name)) deleted += 1;
  }
  return deleted;
};

const deletedFolders = ({ deletions }: StagedChain): ReadonlySet<ByteName> =>
  new Set(deletions.flatMap(({ name, kind }) => (kind === 'folder' ? [name] : [])));

type Adopting = {
  readonly folders: ChangedFolders;
  readonly changes: WorkspaceChanges;
  readonly deletedFolders: ReadonlySet<ByteName>;
};

/** Why the folder cannot be adopted; undefined on success. In the order of names, to be reproducible. */
const adoptFolder = (folder: ByteName, adopting: Adopting): string | undefined => {
  for (const { name, isFolder } of stagedEntries(adopting.folders.tree, folder)) {
    const there = statIn(adopting.folders.workspace, name);
    const because = isFolder ? adoptSubfolder(name, there, adopting) : adoptFile(name, there, adopting);
    if (because !== undefined) return because;
  }
  return undefined;
};

const stagedEntries = (tree: Buffer, folder: ByteName): readonly { name: ByteName; isFolder: boolean }[] =>
  readdirSync(pathIn(tree, folder), { withFileTypes: true, encoding: 'buffer' })
    .map((entry) => ({ name: nameWithin(folder, fromPath(entry.name)), isFolder: entry.isDirectory() }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));

const adoptSubfolder = (name: ByteName, there: Stats | undefined, adopting: Adopting): string | undefined => {
  if (there?.isDirectory() === true) return adoptFolder(name, adopting);
  if (there !== undefined) {
    return `"${displayName(name)}" is a ${there.isSymbolicLink() ? 'link' : 'file'} here and a folder in the checkpoint`;
  }
  adopting.changes.bringIn(name);
  return undefined;
};

/** A folder that a step replaced is removed with its content; a folder unknown to the checkpoint is not. */
const adoptFile = (name: ByteName, there: Stats | undefined, adopting: Adopting): string | undefined => {
  if (there?.isDirectory() === true && !adopting.deletedFolders.has(name)) {
    return `"${displayName(name)}" is a folder here but not in the checkpoint`;
  }
  if (there !== undefined) adopting.changes.moveAside(name);
  adopting.changes.bringIn(name);
  return undefined;
};
