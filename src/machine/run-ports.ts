import { ok, type Result } from '../base/result.js';
import type { Ports } from '../run/context/ports.js';
import type { RunEnvironment } from '../run/context/run-context.js';
import { systemClock } from './process/clock.js';
import type { Facts } from './facts.js';
import { createProgramLookup, PATH_DELIMITER } from './files/find-program.js';
import { createProcesses } from './process/processes.js';
import { createScratch, removeStaleScratch } from './workdir/scratch-folder.js';
import { createLogs } from './workdir/step-logs.js';
import type { WorkDirectory } from './workdir/work-directory.js';

/** The ports that every run on this machine needs, on any host. `close` ends running processes and removes temporary files. */
export type MachinePorts = {
  readonly environment: RunEnvironment;
  readonly ports: Pick<Ports, 'clock' | 'random' | 'processes' | 'scratch' | 'logs'>;
  readonly close: () => void;
};

/** Opens the machine for one run in a work directory. */
export const openMachinePorts = (facts: Facts, directory: WorkDirectory): Result<MachinePorts> => {
  removeStaleScratch(facts.tempDir);
  const scratch = createScratch(facts.tempDir);
  if (!scratch.ok) return scratch;
  const processes = createProcesses({ pipeFolder: scratch.value.folder });
  return ok({
    environment: environmentOf(facts, directory),
    ports: {
      clock: systemClock,
      random: Math.random,
      processes,
      scratch: scratch.value,
      logs: createLogs(directory.logsFolder),
    },
    close: () => {
      processes.close();
      scratch.value.close();
    },
  });
};

const environmentOf = ({ workspace, env }: Facts, { folder }: WorkDirectory): RunEnvironment => ({
  workspace,
  workDir: folder,
  env,
  hasProgram: createProgramLookup(env['PATH'] ?? ''),
  pathDelimiter: PATH_DELIMITER,
});
