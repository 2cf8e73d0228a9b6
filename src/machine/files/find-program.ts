import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** Between the entries of PATH on this machine. */
export const PATH_DELIMITER = delimiter;

/** Says whether a program is on a search path; each name is looked up once. */
export const createProgramLookup = (searchPath: string): ((name: string) => boolean) => {
  const known = new Map<string, boolean>();
  return (name) => {
    const found = known.get(name) ?? searchPath.split(delimiter).some((folder) => isExecutable(join(folder, name)));
    known.set(name, found);
    return found;
  };
};

/** The absolute path of a program on a search path, of whose entries only absolute ones count; undefined when it is on none. */
export const findProgramPath = (name: string, searchPath: string): string | undefined =>
  searchPath
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find(isExecutable);

const isExecutable = (file: string): boolean => {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
};
