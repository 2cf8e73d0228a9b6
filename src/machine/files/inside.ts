import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path is a folder itself or something below it, by the text of both absolute paths; links are not followed. */
export const isInside = (folder: string, path: string): boolean => {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
};
