import { ok, type Result } from '../base/result.js';
import type { Display, Journal, Ports } from '../run/context/ports.js';
import type { RunEnvironment } from '../run/context/run-context.js';
import type { RunState } from '../state/run-state.js';
import type { Facts } from './facts.js';
import { openMachinePorts, type MachinePorts } from './run-ports.js';
import type { OpenJournal } from './workdir/journal-file.js';
import type { Lock } from './workdir/lock.js';
import type { WorkDirectory } from './workdir/work-directory.js';

/** Where a run takes place and who shows it. */
export type MachineRunOptions = {
  readonly facts: Facts;
  readonly workDir: WorkDirectory;
  /** Of the work directory; released by `close`. */
  readonly lock: Lock;
  readonly display: Display;
  /** The state that the journal already tells; without it a journal that no event follows is left as it is. */
  readonly last?: RunState;
  /** Warns of an incomplete journal at the end even if the run has already warned of the event that was refused. */
  readonly repeatsWarning: boolean;
};

/** A run on this machine, whatever its host: its ports and its journal, until everything is given back. */
export type MachineRun = {
  /** Opens the ports and the journal, each unless it is open. What was opened before an error stays open until `close`. */
  readonly open: (openJournal: () => Result<OpenJournal>) => Result<MachineRunPorts>;
  /** Finishes the journal, so that the next `open` opens another one. */
  readonly closeJournal: () => Promise<void>;
  /** Finishes the journal, ends what still runs and releases the lock last. */
  readonly close: () => Promise<void>;
};

/** What the engine runs with on this machine. */
export type MachineRunPorts = { readonly environment: RunEnvironment; readonly ports: Ports };

/** A run in a locked work directory; if this program ends early, no process and no lock of the run stays behind. */
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

  /** The journal; the latest state goes into the state file when the journal is closed. */
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
