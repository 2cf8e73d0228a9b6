import type { ResumeArguments } from '../arguments.js';
import { readFacts } from '../facts.js';
import { runOnTerminal } from '../run-on-terminal.js';
import { recordedPipelineFile } from '../recorded-pipeline.js';
import type { Terminal } from '../terminal.js';

/** `savepoint resume`: goes on with a run after its finished steps; the exit code is that of the run. */
export const resumeCommand = async (args: ResumeArguments, terminal: Terminal): Promise<number> =>
  runOnTerminal(
    {
      ...args,
      pipeline: args.pipeline ?? (await recordedPipelineFile(readFacts(terminal.surroundings).workspace, args)),
      workDir: args.workDir,
      maxParallel: args.maxParallel,
      goal: { kind: 'resume', id: args.id },
    },
    terminal,
  );
