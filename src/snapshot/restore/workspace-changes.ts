import { chmodSync, lstatSync, mkdirSync, renameSync, utimesSync, type Stats } from 'node:fs';
import { never } from '../../base/assert.js';
import { displayName, parentOf, type ByteName } from '../../checkpoint/tar/byte-name.js';
import { createFolderCheck, pathIn } from '../../machine/files/byte-path.js';
import { codeOf, ioMessage } from '../../machine/files/io-result.js';
import { removeIfEmpty } from './applicable-deletions.js';
import type { FolderAttributes } from './stage-archive.js';

/** Changes to a workspace that can be undone without loss. Each throws the system's errors. */
export type WorkspaceChanges = {
  /** Moves the entry under a name away, of any kind. */
  readonly moveAside: (name: ByteName) => void;
  /** Moves the staged entry under a free name in, a folder with its content. */
  readonly bringIn: (name: ByteName) => void;
  /** Removes a folder if it is empty; returns whether it did. */
  readonly removeFolder: (name: ByteName) => boolean;
  /** At the end: these folders get these attributes, and other changed folders get back those they had. */
  readonly settle: (staged: ReadonlyMap<ByteName, FolderAttributes>) => void;
  /** Undoes everything, the latest first; returns the entries that could not be put back, and where they are. */
  readonly undo: () => readonly string[];
};

/** The folders of a change, all on one file system. */
export type ChangedFolders = {
  readonly workspace: Buffer;
  /** The staged tree. */
  readonly tree: Buffer;
  /** An empty folder for entries moved away. */
  readonly displaced: Buffer;
};

/** Starts without changes. Only for names whose parent folders are real ones. */
export const createWorkspaceChanges = ({ workspace, tree, displaced }: ChangedFolders): WorkspaceChanges => {
  const log: Change[] = [];
  const attributesBefore = new Map<ByteName, Attributes>();
  let aside = 0;

  const openFolder = (name: ByteName): void => {
    if (attributesBefore.has(name)) return;
    const path = pathIn(workspace, name);
    const stat = lstatSync(path);
    const attributes = attributesOf(stat);
    attributesBefore.set(name, attributes);
    log.push({ kind: 'attributes', name, attributes });
    if (stat.uid === process.geteuid?.() && (attributes.mode & WRITABLE) !== WRITABLE)
      chmodSync(path, attributes.mode | WRITABLE);
  };

  const move = (name: ByteName, from: Buffer, to: Buffer): void => {
    openFolder(parentOf(name));
    renameSync(from, to);
    log.push({ kind: 'moved', name, from, to });
  };

  return {
    moveAside: (name) => move(name, pathIn(workspace, name), pathIn(displaced, String(++aside))),
    bringIn: (name) => move(name, pathIn(tree, name), pathIn(workspace, name)),
    removeFolder: (name) => {
      openFolder(parentOf(name));
      openFolder(name);
      if (!removeIfEmpty(pathIn(workspace, name))) return false;
      log.push({ kind: 'removed', name });
      attributesBefore.delete(name);
      return true;
    },
    settle: (staged) => {
      const isStillFolder = createFolderCheck(workspace);
      for (const name of [...new Set([...attributesBefore.keys(), ...staged.keys()])].sort().reverse()) {
        if (!isStillFolder(name)) continue;
        const path = pathIn(workspace, name);
        const now = attributesOf(lstatSync(path));
        log.push({ kind: 'attributes', name, attributes: now });
        setAttributes(path, now, wantedAttributes(now, attributesBefore.get(name), staged.get(name)));
      }
    },
    undo: () => log.reverse().flatMap((change) => undoChange(change, workspace)),
  };
};

type Change =
  | { readonly kind: 'moved'; readonly name: ByteName; readonly from: Buffer; readonly to: Buffer }
  | { readonly kind: 'removed'; readonly name: ByteName }
  | { readonly kind: 'attributes'; readonly name: ByteName; readonly attributes: Attributes };

type Attributes = FolderAttributes & { readonly atimeMs: number };

/** Permissions the owner needs to change a folder's content. */
const WRITABLE = 0o300;
const MODE = 0o7777;

const attributesOf = ({ mode, atimeMs, mtimeMs }: Stats): Attributes => ({ mode: mode & MODE, atimeMs, mtimeMs });

const wantedAttributes = (
  now: Attributes,
  before: Attributes | undefined,
  staged: FolderAttributes | undefined,
): Attributes => ({
  ...(before ?? now),
  ...(staged !== undefined && { mode: staged.mode & MODE, mtimeMs: staged.mtimeMs }),
});

/** Only the owner may set a folder's times; for other owners' folders they stay. */
const setAttributes = (path: Buffer, now: Attributes, wanted: Attributes): void => {
  if (now.mode !== wanted.mode) chmodSync(path, wanted.mode);
  if (now.mtimeMs === wanted.mtimeMs) return;
  try {
    utimesSync(path, wanted.atimeMs / 1000, wanted.mtimeMs / 1000);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') throw error;
  }
};

const undoChange = (change: Change, workspace: Buffer): readonly string[] => {
  try {
    switch (change.kind) {
      case 'moved':
        renameSync(change.to, change.from);
        break;
      case 'removed':
        mkdirSync(pathIn(workspace, change.name), PRIVATE);
        break;
      case 'attributes':
        restoreAttributes(pathIn(workspace, change.name), change.attributes);
        break;
      default:
        never(change);
    }
    return [];
  } catch (error) {
    const location = change.kind === 'moved' ? `, which is now ${change.to.toString()}` : '';
    return [ioMessage(`"${displayName(change.name)}"${location}`, error)];
  }
};

const PRIVATE = 0o700;

const restoreAttributes = (path: Buffer, attributes: Attributes): void =>
  setAttributes(path, attributesOf(lstatSync(path)), attributes);
