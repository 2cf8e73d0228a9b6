import { never } from '../base/assert.js';
import { err, ok, type Result } from '../base/result.js';
import type { Pipeline } from '../language/pipeline.js';
import { systemClock } from '../machine/clock.js';
import { createProgramLookup, PATH_DELIMITER } from '../machine/find-program.js';
import { currentCommit } from '../machine/git-commit.js';
import { openJournal, type OpenJournal } from '../machine/journal-file.js';
import { acquireLock, describeLockProblem, type Lock } from '../machine/lock.js';
import { endOrphans } from '../machine/orphans.js';
import { createProcesses, type MachineProcesses } from '../machine/processes.js';
import { moveToHistory, takeFromHistory } from '../machine/run-history.js';
import { createScratch, removeStaleScratch, type ScratchFolder } from '../machine/scratch-folder.js';
import { createLogs } from '../machine/step-logs.js';
import { makeDirectories, openWorkDirectory, type WorkDirectory } from '../machine/work-directory.js';
import type { Display, Journal } from '../run/ports.js';
import type { BegunRun, Host, OpenWork } from '../run-pipeline.js';
import { CHAIN_START } from '../state/journal-format.js';
import type { RunState } from '../state/run-state.js';
import { renderStateFile } from '../state/state-file.js';
import { findRunToResume, readCurrentRun, type FoundRun } from './find-run.js';
import type { Facts } from './facts.js';
import { newRunId } from './run-id.js';

/** What is wanted of the work directory. */
export type Goal =
  | { readonly kind: 'run'; readonly runId: string | undefined }
  | { readonly kind: 'resume'; readonly id: string | undefined };

/** How a run on this machine is opened. */
export type OpenOptions = {
  readonly goal: Goal;
  readonly facts: Facts;
  /** Wins over the file. */
  readonly workDir: string | undefined;
  /** Where scratch folders go. */
  readonly tempDir: string;
  readonly display: Display;
  /** Writes a command line for the user to type. */
  readonly commandLine: (words: string) => string;
};

/** Opens the work directory of a pipeline on this machine: locked, with what a killed run left running ended. */
export const openRun =
  (options: OpenOptions): Host['open'] =>
  async (pipeline) => {
    const place = openWorkDirectory(options.facts.workspace, options.workDir ?? pipeline.workDir);
    if (!place.ok) return place;
    const lock = acquireLock(place.value.lockFile);
    if (!lock.ok) return err(describeLockProblem(lock.error));
    const opened = await openLocked({ options, pipeline, place: place.value, lock: lock.value });
    if (!opened.ok) lock.value.release();
    return opened;
  };

type Locked = {
  readonly options: OpenOptions;
  readonly pipeline: Pipeline;
  readonly place: WorkDirectory;
  readonly lock: Lock;
};

const openLocked = async (locked: Locked): Promise<Result<OpenWork>> => {
  const { options, pipeline, place } = locked;
  const current = readCurrentRun(place);
  const wanted = findWanted(locked, current);
  if (!wanted.ok) return wanted;
  const last = wanted.value?.state;
  if (last !== undefined && last.file !== pipeline.file) {
    return err(`run ${last.runId} is of ${last.file}, not of ${pipeline.file}; resume it with --pipeline=${last.file}`);
  }
  const ended = current.kind === 'found' ? await endLeftovers(current.run.state) : ok(0);
  if (!ended.ok) return ended;
  if (ended.value > 0) {
    options.display.warning(`ended ${String(ended.value)} processes that an interrupted run had left behind`);
  }
  // Loaded late: it brings the glob library along.
  const { createWorkspaceFiles } = await import('../machine/workspace-files.js');
  const work = new LocalWork(locked, { current, wanted: wanted.value });
  return ok({
    last,
    files: createWorkspaceFiles({ workspace: options.facts.workspace, workDirectory: place.folder }),
    begin: () => Promise.resolve(work.begin()),
    close: () => work.close(),
  });
};

/** The run to go on with; undefined when a fresh one is wanted. */
const findWanted = ({ options, place }: Locked, current: CurrentRun): Result<FoundRun | undefined> => {
  switch (options.goal.kind) {
    case 'run':
      return ok(undefined);
    case 'resume':
      return findRunToResume(place, current, options.goal.id);
    default:
      return never(options.goal);
  }
};

type CurrentRun = ReturnType<typeof readCurrentRun>;

const endLeftovers = (state: RunState): Promise<Result<number>> => {
  const interrupted = [...state.steps.values()]
    .filter(({ status }) => status === 'running')
    .map(({ path, group }) => ({ step: path, ...(group !== undefined && { group }) }));
  return interrupted.length === 0 ? Promise.resolve(ok(0)) : endOrphans(interrupted, state.runId);
};

type Runs = { readonly current: CurrentRun; readonly wanted: FoundRun | undefined };

/** A locked work directory, from the moment a run begins in it until it is given back. */
class LocalWork {
  readonly #locked: Locked;
  readonly #runs: Runs;
  #journal: OpenJournal | undefined;
  #scratch: ScratchFolder | undefined;
  #processes: MachineProcesses | undefined;
  #state: RunState | undefined;

  constructor(locked: Locked, runs: Runs) {
    this.#locked = locked;
    this.#runs = runs;
  }

  begin(): Result<BegunRun> {
    const { options, pipeline, place } = this.#locked;
    const { goal, facts, tempDir, display } = options;
    const runId = this.#runs.wanted?.state.runId ?? (goal.kind === 'run' ? goal.runId : undefined) ?? newRunId();
    const ready = this.#makeRoom(runId);
    if (!ready.ok) return ready;
    const made = makeDirectories(place, pipeline.directories);
    if (!made.ok) return made;
    const journal = openJournal({
      file: place.journalFile,
      from: this.#runs.wanted?.content ?? { hash: CHAIN_START, validBytes: 0 },
      stateFile: place.stateFile,
      renderState: renderStateFile,
    });
    if (!journal.ok) return journal;
    this.#journal = journal.value;
    removeStaleScratch(tempDir);
    const scratch = createScratch(tempDir);
    if (!scratch.ok) return scratch;
    this.#scratch = scratch.value;
    this.#processes = createProcesses({ pipeFolder: scratch.value.folder });
    return ok({
      runId,
      commit: facts.env['GITHUB_SHA'] ?? currentCommit(facts.workspace),
      place: {
        workspace: facts.workspace,
        workDir: place.folder,
        env: facts.env,
        hasProgram: createProgramLookup(facts.env['PATH'] ?? ''),
        pathDelimiter: PATH_DELIMITER,
      },
      ports: {
        clock: systemClock,
        processes: this.#processes,
        scratch: scratch.value,
        logs: createLogs(place.logsFolder),
        journal: this.#remembering(journal.value),
        display,
      },
    });
  }

  async close(): Promise<void> {
    const { options, lock } = this.#locked;
    this.#processes?.close();
    this.#scratch?.close();
    if (this.#journal !== undefined && this.#state !== undefined) {
      const closed = await this.#journal.close(this.#state);
      if (!closed.ok) options.display.warning(`the record of this run is not complete: ${closed.error}`);
    }
    lock.release();
  }

  /** Puts the run that is in the work directory away unless it is the one to go on with. */
  #makeRoom(runId: string): Result<void> {
    const { options, place } = this.#locked;
    const { current, wanted } = this.#runs;
    if (current.kind === 'unreadable') {
      const kept = moveToHistory(place, `unreadable-${runId}`);
      if (!kept.ok) return kept;
      options.display.warning(`${current.problem}; it was moved to ${place.historyFolder}/unreadable-${runId}`);
    }
    if (current.kind === 'found' && current.run.state.runId !== wanted?.state.runId) {
      const moved = moveToHistory(place, current.run.state.runId);
      if (!moved.ok) return moved;
      this.#mention(current.run.state);
    }
    return wanted === undefined ? ok(undefined) : takeFromHistory(place, wanted.state.runId);
  }

  #mention({ runId, status }: RunState): void {
    if (status === 'succeeded' || status === 'succeeded with warnings') return;
    const { display, commandLine } = this.#locked.options;
    display.warning(`run ${runId} was not finished; take it back with: ${commandLine(`resume ${runId}`)}`);
  }

  /** The journal, remembering the state it was last told, for the state file at the end. */
  #remembering(journal: OpenJournal): Journal {
    return {
      append: (event, state) => {
        this.#state = state;
        return journal.append(event, state);
      },
    };
  }
}
