import { lstatSync, realpathSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ok, type Result } from '../../base/result.js';
import type { WorkspaceFiles } from '../../evaluate/context/workspace-files.js';
import { digestOfFiles, hashOfFiles } from './file-digest.js';
import { trackedFiles } from './git-tracked.js';
import { isExclusion, isInGit, selectFiles, type GlobArea } from './glob.js';
import { ifThere, tryIo, tryIoAsync } from '../files/io-result.js';
import { makeDirectories } from '../workdir/work-directory.js';
import { matchFiles, readWorkspaceText } from './workspace-content.js';

/** The files of a workspace on this machine. Import this module lazily: it loads the glob library. */
export const createWorkspaceFiles = (area: GlobArea): WorkspaceFiles => ({
  digest: async (globs) => {
    const names = selectFiles(area, globs);
    if (!names.ok) return names;
    return tryIoAsync('cannot read the files of a step', () => digestOfFiles(area.workspace, names.value));
  },
  firstMissing: (globs) => Promise.resolve(firstMissing(area, globs)),
  removeUnfinished: (globs, sinceMs) => Promise.resolve(removeUnfinished(area, globs, sinceMs)),
  match: (glob) => Promise.resolve(matchFiles(area, glob)),
  readText: (path, limitBytes) => Promise.resolve(readWorkspaceText(area.workspace, path, limitBytes)),
  makeFolders: (folders) => makeDirectories({ folder: area.workspace }, folders),
  hashFiles: (patterns) => {
    const names = selectFiles(area, patterns);
    const hash = names.ok ? tryIo('cannot read', () => hashOfFiles(area.workspace, names.value)) : names;
    if (!hash.ok) throw new Error(`hashFiles: ${hash.error}`);
    return hash.value;
  },
});

/** File times are coarse: a file written just after a moment may have an earlier time. */
const COARSE_MS = 20;

const firstMissing = (area: GlobArea, globs: readonly string[]): Result<string | undefined> => {
  const exclusions = globs.filter(isExclusion);
  for (const glob of globs) {
    if (isExclusion(glob)) continue;
    const names = selectFiles(area, [glob, ...exclusions]);
    if (!names.ok) return names;
    if (names.value.length === 0) return ok(glob);
  }
  return ok(undefined);
};

const removeUnfinished = (area: GlobArea, globs: readonly string[], sinceMs: number): Result<number> => {
  const names = selectFiles(area, globs);
  if (!names.ok) return names;
  const found = tryIo('cannot look at the files of a step', () =>
    names.value
      .map((name) => join(area.workspace, name))
      .filter((file) => isRecent(file, sinceMs))
      .map(withoutLinkedFolders)
      .filter((file) => !isInGit(realpathSync(area.workspace), file)),
  );
  if (!found.ok) return found;
  const recent = [...new Set(found.value)];
  const tracked = trackedFiles(recent);
  if (!tracked.ok) return tracked;
  const unfinished = recent.filter((file) => !tracked.value.has(file));
  return tryIo('cannot remove what an interrupted step left', () => {
    for (const file of unfinished) ifThere(() => unlinkSync(file));
    return unfinished.length;
  });
};

const isRecent = (file: string, sinceMs: number): boolean => {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  return stat !== undefined && stat.mtimeMs >= sinceMs - COARSE_MS;
};

/** Git rejects paths that go through a link. */
const withoutLinkedFolders = (file: string): string => join(realpathSync(dirname(file)), basename(file));
