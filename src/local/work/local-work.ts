import { ok, type Result } from '../../base/result.js';
import type { Pipeline } from '../../language/model/pipeline.js';
import { currentCommit } from '../../machine/workspace/git-commit.js';
import { openJournal, type OpenJournal } from '../../machine/workdir/journal-file.js';
import type { Lock } from '../../machine/workdir/lock.js';
import { moveToHistory, takeFromHistory } from '../../machine/workdir/run-history.js';
import { createMachineRun, type MachineRun } from '../../machine/machine-run.js';
import { makeDirectories, type WorkDirectory } from '../../machine/workdir/work-directory.js';
import type { Display } from '../../run/context/ports.js';
import type { BegunRun, InterruptedRun, OpenWork } from '../../run/host.js';
import { CHAIN_START } from '../../state/journal-format.js';
import { isFinished, type RunState } from '../../state/run-state.js';
import { renderStateFile } from '../../state/state-file.js';
import type { CommandLine } from '../command-line/command-line.js';
import type { Facts } from '../../machine/facts.js';
import { newRunId } from '../../machine/new-id.js';
import type { CurrentRun, StoredRun } from './stored-runs.js';

/** A locked work directory, its current content, and the run to start in it. */
export type LocalWorkOptions = {
  readonly workDir: WorkDirectory;
  readonly lock: Lock;
  readonly current: CurrentRun;
  readonly runId: string;
  /** The run to continue; undefined for a fresh one. */
  readonly last: StoredRun | undefined;
  /** The run that may have been interrupted: `last`, or for a fresh run the one it replaces. */
  readonly interrupted: StoredRun | undefined;
  readonly pipeline: Pipeline;
  readonly facts: Facts;
  readonly display: Display;
  readonly commandLine: CommandLine;
};

/** A run on a terminal: sets up what it needs, and releases everything however it ends. */
export const createLocalWork = (options: LocalWorkOptions): Pick<OpenWork, 'begin' | 'close' | 'interrupted'> => {
  const { facts, workDir, lock, display, interrupted } = options;
  const run = createMachineRun({ facts, workDir, lock, display, repeatsWarning: false });
  return {
    begin: () => Promise.resolve(begin(run, options)),
    close: run.close,
    ...(interrupted !== undefined && { interrupted: interruptedRun(interrupted, run, options) }),
  };
};

/** Archives the run in the work directory last, when little can fail any more. */
const begin = (run: MachineRun, options: LocalWorkOptions): Result<BegunRun> => {
  const { facts, workDir, pipeline, runId, last } = options;
  const made = makeDirectories(workDir, pipeline.directories);
  if (!made.ok) return made;
  const opened = run.open(() => openInRoom(last, options));
  if (!opened.ok) return opened;
  return ok({ runId, commit: facts.env['GITHUB_SHA'] ?? currentCommit(facts.workspace), ...opened.value });
};

const interruptedRun = (interrupted: StoredRun, run: MachineRun, options: LocalWorkOptions): InterruptedRun => {
  const isResumed = interrupted === options.last;
  return {
    last: interrupted.state,
    begin: () => {
      const opened = run.open(() =>
        isResumed ? openInRoom(interrupted, options) : openJournalOf(interrupted, options.workDir),
      );
      // The journal on this disk is the only record of the run, so a claim in it is saved.
      return Promise.resolve(opened.ok ? ok({ ...opened.value, claim: () => Promise.resolve(true) }) : opened);
    },
    // A resumed run continues in the same journal.
    end: () => (isResumed ? Promise.resolve() : run.closeJournal()),
  };
};

/** Opens the journal of the run after making room for it in the work directory. */
const openInRoom = (run: StoredRun | undefined, options: LocalWorkOptions): Result<OpenJournal> => {
  const room = makeRoom(options);
  return room.ok ? openJournalOf(run, options.workDir) : room;
};

const openJournalOf = (run: StoredRun | undefined, { journalFile, stateFile }: WorkDirectory): Result<OpenJournal> =>
  openJournal({
    file: journalFile,
    from: run?.content ?? { hash: CHAIN_START, validBytes: 0 },
    stateFile,
    renderState: renderStateFile,
  });

/** Moves the current run to the history unless it is the one to continue, and that one out of the history. */
const makeRoom = (options: LocalWorkOptions): Result<void> => {
  const { workDir, current, last, display } = options;
  if (current.kind === 'unreadable') {
    const name = `unreadable-${newRunId()}`;
    const moved = moveToHistory(workDir, name);
    if (!moved.ok) return moved;
    display.warning(`${current.problem}; it was moved to ${workDir.historyFolder}/${name}`);
  }
  if (current.kind === 'found' && current.run.state.runId !== last?.state.runId) {
    const moved = moveToHistory(workDir, current.run.state.runId);
    if (!moved.ok) return moved;
    mention(current.run.state, options);
  }
  return last === undefined ? ok(undefined) : takeFromHistory(workDir, last.state.runId);
};

const mention = (state: RunState, { display, commandLine }: LocalWorkOptions): void => {
  if (isFinished(state)) return;
  // An interrupted run of this pipeline has been ended and cleaned up before this point.
  const what =
    state.status === 'running'
      ? 'was interrupted and has not cleaned up; clean up and resume it'
      : 'was not finished; resume it';
  display.warning(`run ${state.runId} ${what} with: ${commandLine(`resume ${state.runId}`)}`);
};
