import { err, ok, type Result } from '../base/result.js';
import { ownIdentity, parseIdentity, standingOf } from '../machine/process-identity.js';
import { readFileUpTo } from '../machine/read-file.js';
import { readJournalFile } from '../machine/journal-file.js';
import { listHistory } from '../machine/run-history.js';
import { findWorkDirectory, type WorkDirectory } from '../machine/work-directory.js';
import { foldEvents } from '../state/apply-event.js';
import type { RunState } from '../state/run-state.js';
import { describeJournalProblem } from './journal-problem.js';
import { loadPipeline } from './load-pipeline.js';

/** A run as it is stored. */
export type StoredRun = {
  readonly state: RunState;
  readonly logsFolder: string;
  /** Whether a process works on it right now. */
  readonly live: boolean;
};

/** The runs of a work directory that has one. */
export type StoredRuns = {
  readonly current: StoredRun | undefined;
  /** Latest first; those whose journal cannot be read are left out. */
  readonly earlier: readonly StoredRun[];
};

const EARLIER_LIMIT = 20;

/** Reads the stored runs of a workspace, changing nothing. The error says the way out. */
export const readStoredRuns = async (
  workspace: string,
  givenWorkDir: string | undefined,
): Promise<Result<StoredRuns>> => {
  const found = findWorkDirectory(workspace, givenWorkDir ?? (await workDirOfPipeline(workspace)));
  if (!found.ok) return found;
  if (found.value === undefined) return ok({ current: undefined, earlier: [] });
  const current = readCurrent(found.value);
  if (!current.ok) return current;
  const earlier = readEarlier(found.value);
  return earlier.ok ? ok({ current: current.value, earlier: earlier.value }) : earlier;
};

/** The run with that id, or the current one when none is given. */
export const chooseRun = ({ current, earlier }: StoredRuns, id: string | undefined): Result<StoredRun> => {
  if (id === undefined)
    return current === undefined ? err('there is no run yet; savepoint run starts one') : ok(current);
  const runs = [...(current === undefined ? [] : [current]), ...earlier];
  const run = runs.find(({ state }) => state.runId === id);
  if (run !== undefined) return ok(run);
  const known = runs.map(({ state }) => state.runId);
  return err(`there is no run "${id}"${known.length > 0 ? `; there are: ${known.join(', ')}` : ''}`);
};

const DEFAULT_WORK_DIR = '.work';

/** What is stored can be looked at although the pipeline file is gone or broken. */
const workDirOfPipeline = async (workspace: string): Promise<string> => {
  const pipeline = await loadPipeline(workspace, undefined);
  return pipeline.ok ? pipeline.value.workDir : DEFAULT_WORK_DIR;
};

const readCurrent = (place: WorkDirectory): Result<StoredRun | undefined> => {
  const journal = readJournalFile(place.journalFile);
  if (!journal.ok) return err(describeJournalProblem(place.journalFile, journal.error));
  const state = foldEvents(journal.value?.events ?? []);
  return ok(state === undefined ? undefined : { state, logsFolder: place.logsFolder, live: isLocked(place.lockFile) });
};

const readEarlier = (place: WorkDirectory): Result<readonly StoredRun[]> => {
  const past = listHistory(place);
  if (!past.ok) return past;
  return ok(
    past.value.slice(0, EARLIER_LIMIT).flatMap(({ journalFile, logsFolder }) => {
      const journal = readJournalFile(journalFile);
      const state = journal.ok ? foldEvents(journal.value?.events ?? []) : undefined;
      return state === undefined ? [] : [{ state, logsFolder, live: false }];
    }),
  );
};

const LOCK_LIMIT_BYTES = 64 * 1024;

const isLocked = (lockFile: string): boolean => {
  const lock = readFileUpTo(lockFile, LOCK_LIMIT_BYTES);
  const holder = lock.ok && lock.value !== undefined ? parseIdentity(lock.value.toString()) : undefined;
  return holder !== undefined && standingOf(holder, ownIdentity()) !== 'gone';
};
