import { readdirSync, realpathSync, type Dirent } from 'node:fs';
import { posix, relative, resolve, sep } from 'node:path';
import { globSync } from 'tinyglobby';
import { err, ok, type Result } from '../../base/result.js';
import { isInside } from '../files/inside.js';
import { codeOf, ifThere, ioMessage } from '../files/io-result.js';
import { isOwnFile } from '../workdir/work-directory.js';

/** The folders that globs search. Both are absolute. */
export type GlobArea = {
  readonly workspace: string;
  /** Savepoint's own files in it never match. */
  readonly workDirectory: string;
};

/**
 * The files that globs match, relative to the workspace, sorted by the bytes of their names; links count as files.
 * - A matched directory stands for everything beneath it; `!glob` excludes, at any position in the list.
 * - Names that begin with a dot match like others; `.git` matches only when a glob names it.
 * - A glob that leads out of the workspace is an error; links are never followed out of it.
 */
export const selectFiles = (area: GlobArea, globs: readonly string[]): Result<readonly string[]> => {
  const leading = globs.find((glob) => localGlob(area, glob) === undefined);
  if (leading !== undefined) return err(`the glob "${leading}" leads out of the workspace`);
  const ignore = globs.filter(isExclusion).flatMap((glob) => patternsOf(localGlob(area, glob) ?? ''));
  const names = new Set<string>();
  for (const glob of globs) {
    if (isExclusion(glob)) continue;
    const found = walk(area, patternsOf(localGlob(area, glob) ?? ''), ignore);
    if (!found.ok) return found;
    for (const name of found.value) names.add(name);
  }
  return ok(sortByBytes([...names]));
};

/** Whether a glob excludes files. */
export const isExclusion = (glob: string): boolean => glob.startsWith('!');

/** A glob without its `!`, relative to the workspace; undefined when it leads out of it. */
const localGlob = ({ workspace }: GlobArea, glob: string): string | undefined => {
  const text = isExclusion(glob) ? glob.slice(1) : glob;
  const local = posix.normalize(text.startsWith(`${workspace}/`) ? text.slice(workspace.length + 1) : text);
  return posix.isAbsolute(local) || local === '..' || local.startsWith('../') ? undefined : local;
};

/** Patterns for the matches themselves and for everything beneath them. */
const patternsOf = (glob: string): readonly string[] => {
  const own = glob.replace(/\/$/, '');
  return own === '.' ? ['**'] : [own, `${own}/**`];
};

/** Each glob is walked by itself, so that its start folder does not depend on the other globs. */
const walk = (area: GlobArea, patterns: readonly string[], ignore: readonly string[]): Result<readonly string[]> => {
  const reader = folderReader(area, patterns.some(namesGit));
  const names = globSync(patterns, {
    cwd: area.workspace,
    ignore,
    dot: true,
    expandDirectories: false,
    followSymbolicLinks: false,
    // The walk only uses the overload with `withFileTypes`; no single function can have the type of all overloads.
    fs: { readdirSync: reader.read as never },
  });
  const problem = reader.problem();
  return problem === undefined ? ok(names) : err(problem);
};

const namesGit = (pattern: string): boolean => pattern.split('/').includes('.git');

type FolderReader = {
  readonly read: (path: string) => readonly Dirent[];
  readonly problem: () => string | undefined;
};

/** Reads folders for the walk: hides entries that must not match, shows links as files, remembers the first error. */
const folderReader = (area: GlobArea, includesGit: boolean): FolderReader => {
  let problem: string | undefined;
  let start: { readonly path: string; readonly real: string } | undefined;
  // The walk follows no links, so only its start folder can lie behind one.
  const realOf = (folder: string): string => {
    start ??= { path: folder, real: realpathSync(folder) };
    return start.real + folder.slice(start.path.length);
  };
  const workspace = realpathIfThere(area.workspace);
  const workDirectory = realpathIfThere(area.workDirectory);
  const read = (path: string): readonly Dirent[] => {
    try {
      const folder = realOf(resolve(path));
      if (!isInside(workspace, folder) || (!includesGit && isInGit(workspace, folder))) return [];
      if (isInOwnFiles(workDirectory, folder)) return [];
      const entries = readdirSync(folder, { withFileTypes: true });
      return entries
        .filter(({ name }) => (includesGit || name !== '.git') && !(folder === workDirectory && isOwnFile(name)))
        .map(linkAsFile);
    } catch (error) {
      if (codeOf(error) === undefined) throw error;
      if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR')
        problem ??= ioMessage('cannot look for files', error);
      return [];
    }
  };
  return { read, problem: () => problem };
};

const isInOwnFiles = (workDirectory: string, folder: string): boolean =>
  isInside(workDirectory, folder) && isOwnFile(relative(workDirectory, folder).split(sep)[0] ?? '');

/** Whether a path of the workspace is a `.git` or lies in one. */
export const isInGit = (workspace: string, path: string): boolean =>
  relative(workspace, path).split(sep).includes('.git');

const realpathIfThere = (path: string): string => ifThere(() => realpathSync(path)) ?? path;

const linkAsFile = (entry: Dirent): Dirent =>
  entry.isSymbolicLink() ? Object.assign(entry, { isFile: () => true, isSymbolicLink: () => false }) : entry;

const sortByBytes = (names: readonly string[]): readonly string[] =>
  names
    .map((name) => Buffer.from(name))
    .sort((a, b) => Buffer.compare(a, b))
    .map(String);
