import { plural } from '../../report/step-counts.js';
import type { ValidateArguments } from '../arguments.js';
import { workspaceOf } from '../../machine/facts.js';
import { loadPipeline } from '../load-pipeline.js';
import { refuseMistakes } from '../refuse-mistakes.js';
import type { Terminal } from '../terminal.js';

/** `savepoint validate`: exit 0 when a pipeline file is right, 2 with every mistake when not. Runs nothing. */
export const validateCommand = async (args: ValidateArguments, terminal: Terminal): Promise<number> => {
  const { out, surroundings } = terminal;
  const { json } = args.output;
  const pipeline = await loadPipeline(workspaceOf(surroundings), args.pipeline);
  const diagnostics = pipeline.ok ? [] : pipeline.error.diagnostics;
  if (json) out.write(`${JSON.stringify({ valid: pipeline.ok, diagnostics })}\n`);
  if (!pipeline.ok) return refuseMistakes(pipeline.error, terminal);
  const { file, steps } = pipeline.value;
  if (!json) out.write(`${out.paint.green('✓')} ${file}: ${plural(steps.length, 'step')}, no mistakes\n`);
  return 0;
};
