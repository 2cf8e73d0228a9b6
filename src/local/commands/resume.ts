import { ok } from '../../base/result.js';
import type { ResumeArguments } from '../command-line/arguments.js';
import { workspaceOf } from '../../machine/facts.js';
import { recordedPipelineFile } from '../work/recorded-pipeline.js';
import { refuse } from '../terminal/refuse.js';
import { runOnTerminal } from '../work/run-on-terminal.js';
import type { Terminal } from '../terminal/terminal.js';

/** `savepoint resume`: continues a run after its finished steps; returns the exit code of the run. */
export const resumeCommand = async (args: ResumeArguments, terminal: Terminal): Promise<number> => {
  const workspace = workspaceOf(terminal.surroundings);
  const pipeline = args.pipeline === undefined ? await recordedPipelineFile(workspace, args) : ok(args.pipeline);
  if (!pipeline.ok) return refuse(pipeline.error, terminal);
  const { inputs, selection, workDir, maxParallel, output, id } = args;
  const goal = { kind: 'resume', id } as const;
  return runOnTerminal({ pipeline: pipeline.value, inputs, selection, workDir, maxParallel, output, goal }, terminal);
};
