import { err, ok, type Result } from '../../base/result.js';
import { readJournalFile } from '../../machine/workdir/journal-file.js';
import { ownIdentity, parseIdentity, standingOf } from '../../machine/process/process-identity.js';
import { readFileUpTo } from '../../machine/files/read-file.js';
import { listHistory } from '../../machine/workdir/run-history.js';
import { findWorkDirectory, type WorkDirectory } from '../../machine/workdir/work-directory.js';
import { foldEvents } from '../../state/apply-event.js';
import type { JournalContent } from '../../state/journal-format.js';
import type { RunState } from '../../state/run-state.js';
import { commandLineOf, type CommandLine } from '../command-line/command-line.js';
import { describeJournalProblem } from './journal-problem.js';
import { loadPipeline } from './load-pipeline.js';

/** A stored run. */
export type StoredRun = {
  readonly state: RunState;
  readonly logsFolder: string;
  /** Where to continue its journal. */
  readonly content: Pick<JournalContent, 'hash' | 'validBytes'>;
};

/** The run in the work directory itself; all other runs are in its history. */
export type CurrentRun =
  | { readonly kind: 'none' }
  | { readonly kind: 'found'; readonly run: StoredRun }
  | { readonly kind: 'unreadable'; readonly problem: string };

/** The runs of a work directory, read-only. */
export type StoredRuns = {
  readonly current: CurrentRun;
  /** The run with that id, or the current one without an id. The error says what to do. */
  readonly find: (id: string | undefined) => Result<StoredRun>;
  /** The others, latest first; those that cannot be read are left out. */
  readonly earlier: () => Result<readonly StoredRun[]>;
  /** Whether a process is working on the current run. */
  readonly isLive: () => boolean;
};

/** The stored runs of a workspace: in the named work directory, else the pipeline's, else `.work`. */
export const findStoredRuns = async (workspace: string, workDir: string | undefined): Promise<Result<StoredRuns>> => {
  const found = findWorkDirectory(workspace, workDir ?? (await workDirOfPipeline(workspace)));
  return found.ok ? ok(readStoredRuns(found.value, commandLineOf(workDir))) : found;
};

/** The stored runs of a work directory; empty without one. */
export const readStoredRuns = (workDir: WorkDirectory | undefined, commandLine: CommandLine): StoredRuns => {
  if (workDir === undefined) return noRuns(commandLine);
  const current = readCurrent(workDir);
  return {
    current,
    find: (id) => findRun({ workDir, current, commandLine }, id),
    earlier: () => readEarlier(workDir),
    isLive: () => isHeld(workDir.lockFile),
  };
};

const noRuns = (commandLine: CommandLine): StoredRuns => ({
  current: { kind: 'none' },
  find: () => err(noRunYet(commandLine)),
  earlier: () => ok([]),
  isLive: () => false,
});

const noRunYet = (commandLine: CommandLine): string => `there is no run yet; start one with: ${commandLine('run')}`;

const DEFAULT_WORK_DIR = '.work';

/** Falls back to the default, so that runs can be read although the pipeline file is gone or broken. */
const workDirOfPipeline = async (workspace: string): Promise<string> => {
  const pipeline = await loadPipeline(workspace, undefined);
  return pipeline.ok ? pipeline.value.workDir : DEFAULT_WORK_DIR;
};

type Places = Pick<WorkDirectory, 'journalFile' | 'logsFolder'>;

const readCurrent = (workDir: Places): CurrentRun => {
  const run = readRun(workDir);
  if (!run.ok) return { kind: 'unreadable', problem: run.error };
  return run.value === undefined ? { kind: 'none' } : { kind: 'found', run: run.value };
};

const readRun = ({ journalFile, logsFolder }: Places): Result<StoredRun | undefined> => {
  const journal = readJournalFile(journalFile);
  if (!journal.ok) return err(describeJournalProblem(journalFile, journal.error));
  if (journal.value === undefined) return ok(undefined);
  const { events, hash, validBytes } = journal.value;
  const state = foldEvents(events);
  return ok(state && { state, logsFolder, content: { hash, validBytes } });
};

type Search = { readonly workDir: WorkDirectory; readonly current: CurrentRun; readonly commandLine: CommandLine };

const findRun = ({ workDir, current, commandLine }: Search, id: string | undefined): Result<StoredRun> => {
  if (current.kind === 'found' && (id === undefined || current.run.state.runId === id)) return ok(current.run);
  if (id !== undefined) return findInHistory(workDir, current, id);
  return err(
    current.kind === 'unreadable' ? `${current.problem}; start over with ${commandLine('run')}` : noRunYet(commandLine),
  );
};

const findInHistory = (workDir: WorkDirectory, current: CurrentRun, id: string): Result<StoredRun> => {
  const history = listHistory(workDir);
  if (!history.ok) return history;
  const past = history.value.find(({ runId }) => runId === id);
  const run = past === undefined ? ok(undefined) : readRun(past);
  if (!run.ok) return run;
  return run.value === undefined ? err(unknownRun(workDir, current, id)) : ok(run.value);
};

const unknownRun = (workDir: WorkDirectory, current: CurrentRun, id: string): string => {
  const earlier = readEarlier(workDir);
  const runs = [...(current.kind === 'found' ? [current.run] : []), ...(earlier.ok ? earlier.value : [])];
  const known = runs.map(({ state }) => state.runId).join(', ');
  return `there is no run "${id}"${known === '' ? ', nor any other' : `; there are: ${known}`}`;
};

const EARLIER_LIMIT = 20;

const readEarlier = (workDir: WorkDirectory): Result<readonly StoredRun[]> => {
  const history = listHistory(workDir);
  if (!history.ok) return history;
  return ok(
    history.value.slice(0, EARLIER_LIMIT).flatMap((past) => {
      const run = readRun(past);
      return run.ok && run.value !== undefined ? [run.value] : [];
    }),
  );
};

const LOCK_LIMIT_BYTES = 64 * 1024;

const isHeld = (lockFile: string): boolean => {
  const lock = readFileUpTo(lockFile, LOCK_LIMIT_BYTES);
  const holder = lock.ok && lock.value !== undefined ? parseIdentity(lock.value.toString()) : undefined;
  return holder !== undefined && standingOf(holder, ownIdentity()) !== 'gone';
};
