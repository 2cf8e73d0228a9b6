import { ok, type Result } from '../base/result.js';
import type { Display, Journal, Ports } from '../run/context/ports.js';
import type { RunEnvironment } from '../run/context/run-context.js';
import type { RunState } from '../state/run-state.js';
import type { Facts } from './facts.js';
import { openMachinePorts, type MachinePorts } from './run-ports.js';
import type { OpenJournal } from './workdir/journal-file.js';
import type { Lock } from './workdir/lock.js';
import type { WorkDirectory } from './workdir/work-directory.js';

/** The work directory, the display and the facts of a run. */
export type MachineRunOptions = {
  readonly facts: Facts;
  readonly workDir: WorkDirectory;
  /** Lock of the work directory; released by `close`. */
  readonly lock: Lock;
  readonly display: Display;
  /** The state the journal already records; without it, a journal that gets no event is left unchanged. */
  readonly last?: RunState;
  /** Warns of an incomplete journal at the end, even if the run has already warned of the refused event. */
  readonly repeatsWarning: boolean;
};

/** The ports and the journal of a run on this machine, for either host, until `close`. */
export type MachineRun = {
  /** Opens the ports and the journal unless they are open. After an error, what was opened stays open until `close`. */
  readonly open: (openJournal: () => Result<OpenJournal>) => Result<MachineRunPorts>;
  /** Closes the journal, so that the next `open` opens another one. */
  readonly closeJournal: () => Promise<void>;
  /** Closes the journal, ends remaining processes and releases the lock last. */
  readonly close: () => Promise<void>;
};

/** The environment and the ports of the engine on this machine. */
export type MachineRunPorts = { readonly environment: RunEnvironment; readonly ports: Ports };

/** A run in a locked work directory; its processes and its lock are released even if this program exits early. */
export const createMachineRun = (options: MachineRunOptions): MachineRun => new OpenMachineRun(options);

class OpenMachineRun implements MachineRun {
  readonly #options: MachineRunOptions;
  #machine: MachinePorts | undefined;
  #journal: OpenJournal | undefined;
  #state: RunState | undefined;
  #hasRefusedEvent = false;

  constructor(options: MachineRunOptions) {
    this.#options = options;
    this.#state = options.last;
    process.once('exit', this.#letGo);
  }

  readonly open = (openJournal: () => Result<OpenJournal>): Result<MachineRunPorts> => {
    const machine = this.#openMachine();
    if (!machine.ok) return machine;
    const journal = this.#journal === undefined ? openJournal() : ok(this.#journal);
    if (!journal.ok) return journal;
    this.#journal = journal.value;
    const { environment, ports } = machine.value;
    const { display } = this.#options;
    return ok({ environment, ports: { ...ports, journal: this.#remembering(journal.value), display } });
  };

  readonly closeJournal = async (): Promise<void> => {
    const [journal, state] = [this.#journal, this.#state];
    if (journal === undefined || state === undefined) return;
    [this.#journal, this.#state] = [undefined, undefined];
    const closed = await journal.close(state);
    const { display, repeatsWarning } = this.#options;
    if (!closed.ok && (repeatsWarning || !this.#hasRefusedEvent))
      display.warning(`the record of this run is not complete: ${closed.error}`);
  };

  readonly close = async (): Promise<void> => {
    try {
      await this.closeJournal();
    } finally {
      process.off('exit', this.#letGo);
      this.#letGo();
    }
  };

  #openMachine(): Result<MachinePorts> {
    if (this.#machine !== undefined) return ok(this.#machine);
    const machine = openMachinePorts(this.#options.facts, this.#options.workDir);
    if (machine.ok) this.#machine = machine.value;
    return machine;
  }

  /** Remembers the latest state, which is written to the state file when the journal is closed. */
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

  readonly #letGo = (): void => {
    this.#machine?.close();
    this.#options.lock.release();
  };
}
