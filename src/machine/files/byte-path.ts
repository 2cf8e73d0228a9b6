import { lstatSync, type Stats } from 'node:fs';
import { parentOf, toPath, type ByteName } from '../../checkpoint/tar/byte-name.js';

/** The path of a name within a folder; the folder itself for the empty name. */
export const pathIn = (folder: Buffer, name: ByteName): Buffer =>
  name === '' ? folder : Buffer.concat([folder, SLASH, toPath(name)]);

/** The entry under a name, links not followed; undefined when there is none. The folders above it must be real ones. */
export const statIn = (folder: Buffer, name: ByteName): Stats | undefined =>
  lstatSync(pathIn(folder, name), { throwIfNoEntry: false });

/** Tests whether a name and all its ancestors are folders, not links. Answers are remembered, so no folder may appear meanwhile. */
export const createFolderCheck = (folder: Buffer): ((name: ByteName) => boolean) => {
  const known = new Map<ByteName, boolean>([['', true]]);
  const isRealFolder = (name: ByteName): boolean => {
    const before = known.get(name);
    if (before !== undefined) return before;
    const answer = isRealFolder(parentOf(name)) && statIn(folder, name)?.isDirectory() === true;
    known.set(name, answer);
    return answer;
  };
  return isRealFolder;
};

const SLASH = Buffer.from('/');
