import { EXIT_WRONG_INPUT } from '../../report/exit-code.js';
import { plural } from '../../report/step-counts.js';
import type { ValidateArguments } from '../arguments.js';
import { readFacts } from '../facts.js';
import { loadPipeline } from '../load-pipeline.js';
import type { Terminal } from '../terminal.js';

/** `savepoint validate`: exit 0 when a pipeline file is right, 2 with every mistake when not. Runs nothing. */
export const validateCommand = async (args: ValidateArguments, terminal: Terminal): Promise<number> => {
  const { out, err, surroundings } = terminal;
  const pipeline = await loadPipeline(readFacts(surroundings).workspace, args.pipeline);
  const diagnostics = pipeline.ok ? [] : pipeline.error.diagnostics;
  if (args.output.json) out.write(`${JSON.stringify({ valid: pipeline.ok, diagnostics })}\n`);
  if (!pipeline.ok) {
    err.write(`${pipeline.error.text}\n${plural(diagnostics.length, 'mistake')}, nothing was run\n`);
    return EXIT_WRONG_INPUT;
  }
  if (!args.output.json) {
    out.write(
      `${out.paint.green('✓')} ${pipeline.value.file}: ${plural(pipeline.value.steps.length, 'step')}, no mistakes\n`,
    );
  }
  return 0;
};
