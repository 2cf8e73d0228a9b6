import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** Separates the entries of PATH on this machine. */
export const PATH_DELIMITER = delimiter;

/** Tests whether a program is on a search path; each name is looked up once. */
export const createProgramLookup = (searchPath: string): ((name: string) => boolean) => {
  const known = new Map<string, boolean>();
  return (name) => {
    const found = known.get(name) ?? searchPath.split(delimiter).some((folder) => isExecutable(join(folder, name)));
    known.set(name, found);
    return found;
  };
};

/** The absolute path of a program on a search path; relative entries are ignored. Undefined when it is not found. */
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
