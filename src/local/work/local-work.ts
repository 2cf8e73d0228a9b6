import { ok, type Result } from '../../base/result.js';
import type { Pipeline } from '../../language/model/pipeline.js';
import { currentCommit } from '../../machine/workspace/git-commit.js';
import { openJournal, type OpenJournal } from '../../machine/workdir/journal-file.js';
import type { Lock } from '../../machine/workdir/lock.js';
import { moveToHistory, takeFromHistory } from '../../machine/workdir/run-history.js';
import { openMachinePorts, type MachinePorts } from '../../machine/run-ports.js';
import { makeDirectories, type WorkDirectory } from '../../machine/workdir/work-directory.js';
import type { DeferredCleanup } from '../../run/deferred-cleanup.js';
import type { Display, Journal } from '../../run/context/ports.js';
import type { BegunRun, OpenWork } from '../../run-pipeline.js';
import { CHAIN_START } from '../../state/journal-format.js';
import { isFinished, type RunState } from '../../state/run-state.js';
import { renderStateFile } from '../../state/state-file.js';
import type { CommandLine } from '../command-line/command-line.js';
import type { Facts } from '../../machine/facts.js';
import { newRunId } from '../../machine/new-id.js';
import type { CurrentRun, StoredRun } from './stored-runs.js';

/** A work directory that is locked, what lies in it, and the run that is to begin there. */
export type LocalWorkOptions = {
  readonly workDir: WorkDirectory;
  readonly lock: Lock;
  readonly current: CurrentRun;
  readonly runId: string;
  /** The run to go on with; undefined for a fresh one. */
  readonly last: StoredRun | undefined;
  /** The run that may have been cut off: that one, or for a fresh run the one that is there; undefined for none. */
  readonly interrupted: StoredRun | undefined;
  readonly pipeline: Pipeline;
  readonly facts: Facts;
  readonly display: Display;
  readonly commandLine: CommandLine;
};

/** A run on this machine: what it needs to begin, and giving everything back, the lock last, however it ends. */
export const createLocalWork = (options: LocalWorkOptions): Pick<OpenWork, 'begin' | 'close' | 'interrupted'> => {
  const work = new LocalWork(options);
  const { interrupted } = options;
  return {
    begin: () => Promise.resolve(work.begin()),
    close: () => work.close(),
    ...(interrupted !== undefined && {
      interrupted: {
        last: interrupted.state,
        begin: () => Promise.resolve(work.beginInterrupted(interrupted)),
        end: () => work.finishInterrupted(),
      },
    }),
  };
};

class LocalWork {
  readonly #options: LocalWorkOptions;
  #machine: MachinePorts | undefined;
  #journal: OpenJournal | undefined;
  #state: RunState | undefined;
  #hasRefusedEvent = false;

  constructor(options: LocalWorkOptions) {
    this.#options = options;
    // A bug of ours ends the program at once; no step may outlive it.
    process.once('exit', this.#letGo);
  }

  /** The journal on this disk is all there is of the run, so a claim in it is saved. */
  beginInterrupted(run: StoredRun): ReturnType<Begin> {
    const machine = this.#openMachine();
    if (!machine.ok) return machine;
    const journal = this.#openJournal(run, { makesRoom: run === this.#options.last });
    if (!journal.ok) return journal;
    return ok({ ...withJournal(machine.value, journal.value, this.#options), claim: () => Promise.resolve(true) });
  }

  /** A run to go on with goes on in the same journal. */
  async finishInterrupted(): Promise<void> {
    if (this.#options.last !== undefined) return;
    await this.#closeJournal();
    this.#journal = undefined;
  }

  /** The stored run that is there now is touched last, when hardly anything can go wrong any more. */
  begin(): Result<BegunRun> {
    const { facts, workDir, pipeline, runId, last } = this.#options;
    const machine = this.#openMachine();
    if (!machine.ok) return machine;
    const made = makeDirectories(workDir, pipeline.directories);
    if (!made.ok) return made;
    const journal = this.#openJournal(last, { makesRoom: true });
    if (!journal.ok) return journal;
    const commit = facts.env['GITHUB_SHA'] ?? currentCommit(facts.workspace);
    return ok({ runId, commit, ...withJournal(machine.value, journal.value, this.#options) });
  }

  async close(): Promise<void> {
    try {
      await this.#closeJournal();
    } finally {
      process.off('exit', this.#letGo);
      this.#letGo();
    }
  }

  #openMachine(): Result<MachinePorts> {
    const { facts, workDir } = this.#options;
    if (this.#machine !== undefined) return ok(this.#machine);
    const machine = openMachinePorts(facts, workDir);
    if (machine.ok) this.#machine = machine.value;
    return machine;
  }

  #openJournal(run: StoredRun | undefined, { makesRoom }: { readonly makesRoom: boolean }): Result<Journal> {
    if (this.#journal !== undefined) return ok(this.#remembering(this.#journal));
    const { workDir } = this.#options;
    const room = makesRoom ? makeRoom(this.#options) : ok(undefined);
    if (!room.ok) return room;
    const journal = openJournal({
      file: workDir.journalFile,
      from: run?.content ?? { hash: CHAIN_START, validBytes: 0 },
      stateFile: workDir.stateFile,
      renderState: renderStateFile,
    });
    if (!journal.ok) return journal;
    this.#journal = journal.value;
    return ok(this.#remembering(journal.value));
  }

  /** The journal, remembering the state it was last told, for the state file at the end. */
  #remembering(journal: OpenJournal): Journal {
    return {
      append: (event, state) => {
        this.#state = state;
        const appended = journal.append(event, state);
        this.#hasRefusedEvent ||= !appended.ok;
        return appended;
      },
    };
  }

  async #closeJournal(): Promise<void> {
    if (this.#journal === undefined || this.#state === undefined) return;
    const closed = await this.#journal.close(this.#state);
    // The run itself has told of an event that was refused.
    if (!closed.ok && !this.#hasRefusedEvent)
      this.#options.display.warning(`the record of this run is not complete: ${closed.error}`);
  }

  readonly #letGo = (): void => {
    this.#machine?.close();
    this.#options.lock.release();
  };
}

type Begin = () => Result<Pick<DeferredCleanup, 'environment' | 'ports' | 'claim'>>;

const withJournal = (
  { environment, ports }: MachinePorts,
  journal: Journal,
  { display }: LocalWorkOptions,
): Pick<BegunRun, 'environment' | 'ports'> => ({ environment, ports: { ...ports, journal, display } });

/** Puts the run that is in the work directory away, unless it is the one to go on with, and that one there. */
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
  // A run of this pipeline has its end by now, and has cleaned up.
  const what =
    state.status === 'running'
      ? 'was cut off and has not cleaned up; take it back for that'
      : 'was not finished; take it back';
  display.warning(`run ${state.runId} ${what} with: ${commandLine(`resume ${state.runId}`)}`);
};
