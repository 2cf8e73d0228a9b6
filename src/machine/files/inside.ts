import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, relative, sep, join } from 'node:path';

/** Whether a path is a folder or lies below it, comparing both absolute paths as text; links are not followed. */
export const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};

/**
 * The real path of a file in a folder, links followed; undefined when it is missing, not a regular file, or outside the
 * folder. Throws the system's errors.
 */
export const realFile = (folder: string, name: string): string | undefined => {
  const path = join(folder, name);
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const real = realpathSync(path);
  return isInside(realpathSync(folder), real) ? real : undefined;
};
