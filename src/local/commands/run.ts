import { NO_SELECTION } from '../../plan/selection.js';
import type { RunArguments } from '../command-line/arguments.js';
import { runOnTerminal } from '../work/run-on-terminal.js';
import type { Terminal } from '../terminal/terminal.js';

/** `savepoint run`: runs a pipeline from the beginning; returns the exit code of the run. */
export const runCommand = (args: RunArguments, terminal: Terminal): Promise<number> => {
  const { pipeline, inputs, workDir, maxParallel, output, runId } = args;
  const goal = { kind: 'run', runId } as const;
  return runOnTerminal({ pipeline, inputs, selection: NO_SELECTION, workDir, maxParallel, output, goal }, terminal);
};
