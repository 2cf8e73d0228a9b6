import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from './repository.js';

/** The folders of a runner as on GitHub's machines, but below a folder of the test. Absolute, without symbolic links. */
export type Machine = {
  readonly name: string;
  readonly home: string;
  readonly workspace: string;
  readonly runnerTemp: string;
  readonly toolCache: string;
  /** `TMPDIR`. */
  readonly tmp: string;
};

/** The state of a machine before a job. */
export type MachineOptions = {
  /** A machine with this name always has the same paths. */
  readonly name: string;
  /** Whether nothing is left of earlier jobs, as on GitHub's machines. On a used one, the runner empties only its temp folder. */
  readonly wipe: boolean;
  /** Whether the checkout removes files that git does not track; `clean` of actions/checkout. */
  readonly clean: boolean;
};

/** Prepares a machine for a job, with the repository checked out. */
export const prepareMachine = (root: string, repository: Repository, options: MachineOptions): Machine => {
  const base = join(root, options.name);
  if (options.wipe) rmSync(base, { recursive: true, force: true, maxRetries: 3 });
  const machine: Machine = {
    name: options.name,
    home: join(base, 'home'),
    workspace: join(base, 'work/example/example'),
    runnerTemp: join(base, 'work/_temp'),
    toolCache: join(base, 'toolcache'),
    tmp: join(base, 'tmp'),
  };
  rmSync(machine.runnerTemp, { recursive: true, force: true, maxRetries: 3 });
  for (const folder of [machine.home, machine.workspace, machine.runnerTemp, machine.toolCache, machine.tmp]) {
    mkdirSync(folder, { recursive: true });
  }
  repository.checkOut(machine.workspace, { clean: options.clean });
  return machine;
};
