import { rmdirSync } from 'node:fs';
import { parentOf } from '../../checkpoint/tar/byte-name.js';
import type { Deletion } from '../../checkpoint/deletions.js';
import { createFolderCheck, statIn } from '../../machine/files/byte-path.js';
import { codeOf } from '../../machine/files/io-result.js';

/**
 * The deletions that apply to a folder, content before its folder: the name exists, has the deleted kind, and no ancestor
 * is a link. Delete each entry when it is yielded, and create nothing meanwhile.
 */
export const applicableDeletions = function* (folder: Buffer, deletions: readonly Deletion[]): Generator<Deletion> {
  const isRealFolder = createFolderCheck(folder);
  for (const deletion of [...deletions].sort(byNameDescending)) {
    if (!isRealFolder(parentOf(deletion.name))) continue;
    const there = statIn(folder, deletion.name);
    if (there?.isDirectory() === (deletion.kind === 'folder')) yield deletion;
  }
};

/** Removes a folder if it is empty; returns whether it did. */
export const removeIfEmpty = (path: Buffer): boolean => {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOTEMPTY' || codeOf(error) === 'EEXIST') return false;
    throw error;
  }
};

/** A folder's name is a prefix of its entries' names, so the folder comes after them. */
const byNameDescending = (a: Deletion, b: Deletion): number => (a.name < b.name ? 1 : a.name > b.name ? -1 : 0);
