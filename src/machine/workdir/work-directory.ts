import { lstatSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import { isInside } from '../files/inside.js';
import { codeOf, ifThere, tryIo, tryIoResult } from '../files/io-result.js';

/** The files and folders of a work directory; all paths are absolute. */
export type WorkDirectory = {
  readonly folder: string;
  readonly journalFile: string;
  readonly stateFile: string;
  readonly logsFolder: string;
  readonly lockFile: string;
  readonly historyFolder: string;
};

/** Whether an entry at the top of a work directory is one of our own files; the others belong to the steps. */
export const isOwnFile = (name: string): boolean =>
  OWN_NAMES.includes(name) || name.startsWith(`${LOCK_NAME}.`) || name === `${STATE_NAME}.tmp`;

/** The work directory of a workspace, created if needed; it hides itself from git. The error says the way out. */
export const openWorkDirectory = (workspace: string, workDir: string): Result<WorkDirectory> => {
  const checked = checkWorkDir(workspace, workDir);
  if (!checked.ok) return checked;
  const folder = resolve(workspace, workDir);
  return tryIo(`cannot make the work directory ${folder}`, () => {
    makeFolder(folder);
    unlessThere(() => writeFileSync(join(folder, IGNORE_NAME), '*\n', { flag: 'wx' }));
    return layoutOf(folder);
  });
};

/** The existing work directory of a workspace; undefined when there is none. Creates nothing. */
export const findWorkDirectory = (workspace: string, workDir: string): Result<WorkDirectory | undefined> => {
  const checked = checkWorkDir(workspace, workDir);
  return checked.ok ? ok(checked.value === 'absent' ? undefined : layoutOf(resolve(workspace, workDir))) : checked;
};

/** Makes directories below a folder such as the work directory; a name or link that leads out of it is an error. */
export const makeDirectories = ({ folder }: Pick<WorkDirectory, 'folder'>, names: readonly string[]): Result<void> => {
  for (const name of names) {
    const inside = checkInside(folder, name);
    if (!inside.ok) return inside;
    const path = resolve(folder, name);
    const made = tryIo(`cannot make the directory "${name}"`, () => mkdirSync(path, { recursive: true }));
    if (!made.ok) return made;
  }
  return ok(undefined);
};

const JOURNAL_NAME = 'journal.jsonl';
const STATE_NAME = 'pipeline-state.json';
const LOCK_NAME = 'lock.json';
const IGNORE_NAME = '.gitignore';
const OWN_FOLDERS = ['logs', 'history'];
const OWN_NAMES = [JOURNAL_NAME, STATE_NAME, 'cache-meta.json', LOCK_NAME, IGNORE_NAME, ...OWN_FOLDERS];

const layoutOf = (folder: string): WorkDirectory => ({
  folder,
  journalFile: join(folder, JOURNAL_NAME),
  stateFile: join(folder, STATE_NAME),
  logsFolder: join(folder, 'logs'),
  lockFile: join(folder, LOCK_NAME),
  historyFolder: join(folder, 'history'),
});

const checkWorkDir = (workspace: string, workDir: string): Result<'present' | 'absent'> => {
  const inside = checkInside(workspace, workDir);
  if (!inside.ok) return inside;
  const folder = resolve(workspace, workDir);
  const names = relative(workspace, folder).split(sep);
  if (names[0] === '')
    return err('the work directory must be a folder of its own below the workspace, such as ".work"');
  if (names.includes('.git')) return err(`the work directory "${workDir}" lies in a .git folder; choose another`);
  const found = tryIo(`cannot look at the work directory ${folder}`, () => typeOf(realpathIfThere(folder) ?? folder));
  if (!found.ok) return found;
  if (found.value === 'absent') return ok('absent');
  if (found.value !== 'folder')
    return err(`the work directory ${folder} is not a directory; move it away or name another`);
  return checkOwnFiles(folder);
};

/** Our own files are never written through links, which could lead anywhere. */
const checkOwnFiles = (folder: string): Result<'present'> => {
  for (const name of OWN_NAMES) {
    const path = join(folder, name);
    const found = tryIo(`cannot look at ${path}`, () => typeOf(path));
    if (!found.ok) return found;
    const expected = OWN_FOLDERS.includes(name) ? 'folder' : 'file';
    if (found.value !== 'absent' && found.value !== expected) {
      return err(`${path} is not a plain ${expected}, so it was not made by Savepoint; move it away`);
    }
  }
  return ok('present');
};

type EntryType = 'absent' | 'file' | 'folder' | 'other';

const typeOf = (path: string): EntryType => {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 'absent';
  return stat.isFile() ? 'file' : stat.isDirectory() ? 'folder' : 'other';
};

/** Checks the text of the path and the targets of links along it. */
const checkInside = (folder: string, name: string): Result<void> => {
  const path = resolve(folder, name);
  if (!isInside(folder, path)) return err(`"${name}" leads out of ${folder}; name a folder below it`);
  return tryIoResult(`cannot look at ${path}`, () => {
    const existing = nearestExisting(path);
    const real = realpathIfThere(existing);
    if (real === undefined) return err(`${existing} is a link to nothing; remove it`);
    if (isInside(realpathSync(folder), real)) return ok(undefined);
    return err(`${existing} is a link that leads out of ${folder}; remove it or name another folder`);
  });
};

const nearestExisting = (path: string): string =>
  lstatSync(path, { throwIfNoEntry: false }) === undefined && dirname(path) !== path
    ? nearestExisting(dirname(path))
    : path;

const realpathIfThere = (path: string): string | undefined => ifThere(() => realpathSync(path));

/** Without `recursive`: on a read-only file system Node would then report a missing folder. */
const makeFolder = (folder: string): void => {
  if (lstatSync(folder, { throwIfNoEntry: false }) !== undefined) return;
  makeFolder(dirname(folder));
  unlessThere(() => mkdirSync(folder));
};

const unlessThere = (make: () => void): void => {
  try {
    make();
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
};
