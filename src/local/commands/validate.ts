import { isProcessKind, type Pipeline } from '../../language/model/pipeline.js';
import { calledPipelines, writtenSteps } from '../../language/model/written-steps.js';
import { safeText } from '../../report/text/safe-text.js';
import { plural } from '../../report/step/step-counts.js';
import type { ValidateArguments } from '../command-line/arguments.js';
import { workspaceOf } from '../../machine/facts.js';
import { loadPipeline } from '../work/load-pipeline.js';
import { refuseMistakes, showWarnings } from '../terminal/refuse-mistakes.js';
import type { Terminal } from '../terminal/terminal.js';

/** `savepoint validate`: checks a pipeline file and all files it calls; returns 0, or 2 with every mistake. Runs nothing. */
export const validateCommand = async (args: ValidateArguments, terminal: Terminal): Promise<number> => {
  const { out, surroundings } = terminal;
  const { json } = args.output;
  const pipeline = await loadPipeline(workspaceOf(surroundings), args.pipeline);
  const diagnostics = pipeline.ok ? [] : pipeline.error;
  const warnings = pipeline.ok ? pipeline.value.warnings : [];
  if (json) out.write(`${JSON.stringify({ valid: pipeline.ok, diagnostics, warnings })}\n`);
  if (!pipeline.ok) return refuseMistakes(diagnostics, terminal);
  showWarnings(warnings, terminal);
  if (!json) out.write(`${out.paint.green('✓')} ${describe(pipeline.value)}\n`);
  return 0;
};

/** Counts the steps that start processes as written: each once per file. */
const describe = (pipeline: Pipeline): string => {
  const called = calledPipelines(pipeline);
  const count = [pipeline, ...called].reduce((sum, each) => sum + countScripts(each), 0);
  const parts = [safeText(pipeline.name), plural(count, 'step')];
  if (called.length > 0) parts.push(`calls ${called.map(({ file }) => safeText(file)).join(', ')}`);
  if (pipeline.warnings.length > 0) parts.push(plural(pipeline.warnings.length, 'warning'));
  return `${safeText(pipeline.file)} is valid: ${parts.join(', ')}`;
};

const countScripts = (pipeline: Pipeline): number => {
  let count = 0;
  for (const { kind } of writtenSteps(pipeline)) if (isProcessKind(kind)) count += 1;
  return count;
};
