import { readdirSync, realpathSync, type Dirent } from 'node:fs';
import { join, posix, resolve } from 'node:path';
import { globSync } from 'tinyglobby';
import { err, ok, type Result } from '../base/result.js';
import { isInside } from './inside.js';
import { codeOf, ioMessage, tryIo } from './io-result.js';
import { isOwnFile } from './work-directory.js';

/** Where globs look. Both are absolute. */
export type GlobArea = {
  readonly workspace: string;
  /** Our own files in it never match. */
  readonly workDirectory: string;
};

/**
 * The files that globs match, relative to the workspace, sorted by the bytes of their names; links count as files.
 * - A matched directory means everything beneath it; `!glob` takes away, wherever it stands in the list.
 * - Names that begin with a dot match like others, but `.git` only when a glob names it.
 * - A glob that leads out of the workspace is an error; links are never followed out of it.
 */
export const selectFiles = (area: GlobArea, globs: readonly string[]): Result<readonly string[]> => {
  const patterns: string[] = [];
  for (const glob of globs) {
    const pattern = toPattern(area.workspace, glob);
    if (pattern === undefined) return err(`the glob "${glob}" leads out of the workspace`);
    patterns.push(pattern);
  }
  const reader = folderReader(area, patterns.some(namesGit));
  const found = tryIo('cannot look for files', () => globSync(patterns, optionsFor(area, reader)));
  if (!found.ok) return found;
  return reader.problem() === undefined ? ok(sortByBytes(found.value)) : err(reader.problem() ?? '');
};

/** Undefined when it leads out of the workspace. */
const toPattern = (workspace: string, glob: string): string | undefined => {
  const sign = glob.startsWith('!') ? '!' : '';
  const text = glob.slice(sign.length);
  const local = posix.normalize(text.startsWith(`${workspace}/`) ? text.slice(workspace.length + 1) : text);
  if (posix.isAbsolute(local) || local === '..' || local.startsWith('../')) return undefined;
  return `${sign}${posix.normalize(`${local}/**`)}`;
};

const namesGit = (pattern: string): boolean => pattern.split('/').includes('.git');

type FolderReader = {
  readonly read: (path: string) => readonly Dirent[];
  readonly problem: () => string | undefined;
};

/** Reads folders for the walk: what must not match is not there, a link is a file, trouble is remembered. */
const folderReader = (area: GlobArea, includesGit: boolean): FolderReader => {
  let problem: string | undefined;
  let isFirst = true;
  const read = (path: string): readonly Dirent[] => {
    const folder = resolve(path);
    try {
      // Only the folder where the walk starts can lie behind a link.
      if (isFirst && !isInside(realpathSync(area.workspace), realpathSync(folder))) return [];
      isFirst = false;
      const entries = readdirSync(folder, { withFileTypes: true });
      return entries.filter(({ name }) => isVisible(join(folder, name), name)).map(linkAsFile);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR')
        problem ??= ioMessage('cannot look for files', error);
      return [];
    }
  };
  const isVisible = (path: string, name: string): boolean =>
    (includesGit || name !== '.git') && !(isOwnFile(name) && path === join(area.workDirectory, name));
  return { read, problem: () => problem };
};

const linkAsFile = (entry: Dirent): Dirent =>
  entry.isSymbolicLink() ? Object.assign(entry, { isFile: () => true, isSymbolicLink: () => false }) : entry;

const optionsFor = (area: GlobArea, reader: FolderReader) => ({
  cwd: area.workspace,
  dot: true,
  expandDirectories: false,
  followSymbolicLinks: false,
  // The walk calls it in one of the ways its type offers, with `withFileTypes`; no function of ours can have them all.
  fs: { readdirSync: reader.read as never },
});

const sortByBytes = (names: readonly string[]): readonly string[] =>
  names
    .map((name) => Buffer.from(name))
    .sort((a, b) => Buffer.compare(a, b))
    .map(String);
