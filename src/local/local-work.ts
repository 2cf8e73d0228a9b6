import { ok, type Result } from '../base/result.js';
import type { Pipeline } from '../language/pipeline.js';
import { currentCommit } from '../machine/git-commit.js';
import { openJournal, type OpenJournal } from '../machine/journal-file.js';
import type { Lock } from '../machine/lock.js';
import { moveToHistory, takeFromHistory } from '../machine/run-history.js';
import { openMachinePorts, type MachinePorts } from '../machine/run-ports.js';
import { makeDirectories, type WorkDirectory } from '../machine/work-directory.js';
import type { Display, Journal } from '../run/ports.js';
import type { BegunRun, OpenWork } from '../run-pipeline.js';
import { CHAIN_START } from '../state/journal-format.js';
import { isFinished, type RunState } from '../state/run-state.js';
import { renderStateFile } from '../state/state-file.js';
import type { CommandLine } from './command-line.js';
import type { Facts } from '../machine/facts.js';
import { newRunId } from '../machine/run-id.js';
import type { CurrentRun, StoredRun } from './stored-runs.js';

/** A work directory that is locked, what lies in it, and the run that is to begin there. */
export type LocalWorkOptions = {
  readonly place: WorkDirectory;
  readonly lock: Lock;
  readonly current: CurrentRun;
  readonly runId: string;
  /** The run to go on with; undefined for a fresh one. */
  readonly last: StoredRun | undefined;
  readonly pipeline: Pipeline;
  readonly facts: Facts;
  readonly display: Display;
  readonly commandLine: CommandLine;
};

/** A run on this machine: what it needs to begin, and giving everything back, the lock last, however it ends. */
export const createLocalWork = (options: LocalWorkOptions): Pick<OpenWork, 'begin' | 'close'> => {
  const work = new LocalWork(options);
  return { begin: () => Promise.resolve(work.begin()), close: () => work.close() };
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

  /** The stored run that is there now is touched last, when hardly anything can go wrong any more. */
  begin(): Result<BegunRun> {
    const { facts, place, pipeline, runId, last, display } = this.#options;
    const machine = openMachinePorts(facts, place);
    if (!machine.ok) return machine;
    this.#machine = machine.value;
    const made = makeDirectories(place, pipeline.directories);
    if (!made.ok) return made;
    const room = makeRoom(this.#options);
    if (!room.ok) return room;
    const journal = openJournal({
      file: place.journalFile,
      from: last?.content ?? { hash: CHAIN_START, validBytes: 0 },
      stateFile: place.stateFile,
      renderState: renderStateFile,
    });
    if (!journal.ok) return journal;
    this.#journal = journal.value;
    return ok({
      runId,
      commit: facts.env['GITHUB_SHA'] ?? currentCommit(facts.workspace),
      place: machine.value.place,
      ports: { ...machine.value.ports, journal: this.#remembering(journal.value), display },
    });
  }

  async close(): Promise<void> {
    try {
      await this.#closeJournal();
    } finally {
      process.off('exit', this.#letGo);
      this.#letGo();
    }
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

/** Puts the run that is in the work directory away, unless it is the one to go on with, and that one there. */
const makeRoom = (options: LocalWorkOptions): Result<void> => {
  const { place, current, last, display } = options;
  if (current.kind === 'unreadable') {
    const name = `unreadable-${newRunId()}`;
    const moved = moveToHistory(place, name);
    if (!moved.ok) return moved;
    display.warning(`${current.problem}; it was moved to ${place.historyFolder}/${name}`);
  }
  if (current.kind === 'found' && current.run.state.runId !== last?.state.runId) {
    const moved = moveToHistory(place, current.run.state.runId);
    if (!moved.ok) return moved;
    mention(current.run.state, options);
  }
  return last === undefined ? ok(undefined) : takeFromHistory(place, last.state.runId);
};

const mention = (state: RunState, { display, commandLine }: LocalWorkOptions): void => {
  if (isFinished(state)) return;
  display.warning(`run ${state.runId} was not finished; take it back with: ${commandLine(`resume ${state.runId}`)}`);
};
