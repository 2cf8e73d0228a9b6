import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, sep, join } from 'node:path';

/** Whether a path is a folder itself or something below it, by the text of both absolute paths; links are not followed. */
export const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

/**
 * Where a file of a folder really is: itself, or what a link leads to; undefined when it is no plain file, is not there,
 * or lies outside the folder. Throws what the system says.
 */
export const realFile = (folder: string, name: string): string | undefined => {
  const path = join(folder, name);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const real = realpathSync(path);
  return isInside(realpathSync(folder), real) ? real : undefined;
};
