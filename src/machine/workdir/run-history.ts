import { lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { invariant } from '../../base/assert.js';
import { err, type Result } from '../../base/result.js';
import { codeOf, ifThere, tryIo } from '../files/io-result.js';
import type { WorkDirectory } from './work-directory.js';

/** An earlier run of a work directory. */
export type PastRun = {
  readonly runId: string;
  /** Milliseconds since 1970 at which its journal was last written. */
  readonly endedAt: number;
  readonly journalFile: string;
  readonly stateFile: string;
  readonly logsFolder: string;
};

/** Pattern of a run id; checked before an id becomes a path. */
export const RUN_ID_PATTERN = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * Moves the current run into the history. The steps' own files stay.
 * The journal moves last and decides which run is current: if interrupted before that, this run still is.
 */
export const moveToHistory = (workDirectory: WorkDirectory, runId: string): Result<void> => {
  const past = pathsOf(workDirectory, runId);
  if (isThere(past.journalFile)) return err(`the history already holds a run "${runId}"; choose another run id`);
  return tryIo(`cannot move run "${runId}" to the history`, () => {
    mkdirSync(past.folder, { recursive: true });
    moveIfThere(workDirectory.logsFolder, past.logsFolder);
    moveIfThere(workDirectory.stateFile, past.stateFile);
    moveIfThere(workDirectory.journalFile, past.journalFile);
  });
};

/**
 * Makes an earlier run the current one; an error when another run is current. The journal moves first, for the same reason.
 * For the current run it completes an interrupted move in either direction, so call it before every resume.
 */
export const takeFromHistory = (workDirectory: WorkDirectory, runId: string): Result<void> => {
  const past = pathsOf(workDirectory, runId);
  if (isThere(past.journalFile) && isThere(workDirectory.journalFile)) {
    return err(`another run is in the work directory; it has to go to the history before "${runId}" can be taken back`);
  }
  if (!isThere(past.journalFile) && !isThere(workDirectory.journalFile)) return err(`no run "${runId}" in the history`);
  return tryIo(`cannot take run "${runId}" from the history`, () => {
    moveIfThere(past.journalFile, workDirectory.journalFile);
    moveIfThere(past.stateFile, workDirectory.stateFile);
    moveIfThere(past.logsFolder, workDirectory.logsFolder);
    removeIfEmpty(past.folder);
  });
};

/** The earlier runs, latest first. */
export const listHistory = (workDirectory: WorkDirectory): Result<readonly PastRun[]> =>
  tryIo('cannot read the history', () =>
    (ifThere(() => readdirSync(workDirectory.historyFolder)) ?? [])
      .filter((name) => RUN_ID_PATTERN.test(name))
      .flatMap((runId) => pastRun(workDirectory, runId))
      .sort((a, b) => b.endedAt - a.endedAt || (a.runId < b.runId ? -1 : 1)),
  );

type RunPaths = Omit<PastRun, 'runId' | 'endedAt'> & { readonly folder: string };

const pathsOf = (workDirectory: WorkDirectory, runId: string): RunPaths => {
  invariant(RUN_ID_PATTERN.test(runId), `"${runId}" is a run id`);
  const folder = join(workDirectory.historyFolder, runId);
  return {
    folder,
    journalFile: join(folder, 'journal.jsonl'),
    stateFile: join(folder, 'pipeline-state.json'),
    logsFolder: join(folder, 'logs'),
  };
};

/** Empty when the folder holds no journal: then its run is the current one and a move was interrupted. */
const pastRun = (workDirectory: WorkDirectory, runId: string): readonly PastRun[] => {
  const { journalFile, stateFile, logsFolder } = pathsOf(workDirectory, runId);
  const stat = statSync(journalFile, { throwIfNoEntry: false });
  return stat === undefined ? [] : [{ runId, endedAt: stat.mtimeMs, journalFile, stateFile, logsFolder }];
};

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

const moveIfThere = (from: string, to: string): void => {
  ifThere(() => renameSync(from, to));
};

const removeIfEmpty = (folder: string): void => {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTEMPTY') throw error;
  }
};
