import { NO_SELECTION } from '../../plan/selection.js';
import type { RunArguments } from '../arguments.js';
import { runOnTerminal } from '../run-on-terminal.js';
import type { Terminal } from '../terminal.js';

/** `savepoint run`: a fresh run of a pipeline; the exit code is that of the run. */
export const runCommand = (args: RunArguments, terminal: Terminal): Promise<number> =>
  runOnTerminal(
    {
      ...args,
      pipeline: args.pipeline,
      workDir: args.workDir,
      maxParallel: args.maxParallel,
      selection: NO_SELECTION,
      goal: { kind: 'run', runId: args.runId },
    },
    terminal,
  );
