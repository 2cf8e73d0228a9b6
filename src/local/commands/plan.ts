import { resolve } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import { renderDiagnostics } from '../../language/render-diagnostic.js';
import { readInputs } from '../../language/inputs.js';
import type { Pipeline } from '../../language/pipeline.js';
import { createWorkspaceFiles } from '../../machine/workspace-files.js';
import { planLines, type PlanLine } from '../../plan/plan.js';
import { planRun } from '../../plan/plan-run.js';
import { planJson, renderPlan } from '../../report/plan-text.js';
import type { RunState } from '../../state/run-state.js';
import type { PlanArguments } from '../arguments.js';
import { readFacts } from '../facts.js';
import { loadPipeline } from '../load-pipeline.js';
import { recordedPipelineFile } from '../recorded-pipeline.js';
import { refuse } from '../refuse.js';
import { readStoredRuns } from '../stored-runs.js';
import type { Terminal } from '../terminal.js';

/** `savepoint plan`: what `resume` would do where a run is unfinished, else what `run` would do. Runs nothing, changes nothing. */
export const planCommand = async (args: PlanArguments, terminal: Terminal): Promise<number> => {
  const { workspace } = readFacts(terminal.surroundings);
  const file = args.pipeline ?? (await recordedPipelineFile(workspace, args));
  const pipeline = await loadPipeline(workspace, file);
  if (!pipeline.ok) return refuse(pipeline.error.text, terminal);
  const planned = await planFor(pipeline.value, args, terminal);
  if (!planned.ok) return refuse(planned.error, terminal);
  const { out } = terminal;
  if (args.output.json) out.write(`${JSON.stringify(planJson(planned.value))}\n`);
  else out.write(`${renderPlan(planned.value, out).join('\n')}\n`);
  return 0;
};

const planFor = async (
  pipeline: Pipeline,
  args: PlanArguments,
  { surroundings }: Terminal,
): Promise<Result<readonly PlanLine[]>> => {
  const facts = readFacts(surroundings);
  const runs = await readStoredRuns(facts.workspace, args.workDir ?? pipeline.workDir);
  if (!runs.ok) return runs;
  const last = unfinished(runs.value.current?.state, pipeline, args);
  const inputs = readInputs(pipeline, args.inputs, last?.inputs ?? {});
  if (!inputs.ok) return err(renderDiagnostics(inputs.error, { file: pipeline.file, bytes: new Uint8Array() }));
  const plan = await planRun({
    pipeline,
    inputs: inputs.value,
    last,
    selection: args.selection,
    facts: facts.contexts,
    files: createWorkspaceFiles({
      workspace: facts.workspace,
      workDirectory: resolve(facts.workspace, args.workDir ?? pipeline.workDir),
    }),
  });
  return plan.ok ? ok(planLines(pipeline, plan.value)) : plan;
};

/** The run that would be resumed: one of this pipeline that is unfinished, or any when a selection asks about a finished one. */
const unfinished = (
  state: RunState | undefined,
  pipeline: Pipeline,
  { selection }: PlanArguments,
): RunState | undefined => {
  if (state?.file !== pipeline.file) return undefined;
  const finished = state.status === 'succeeded' || state.status === 'succeeded with warnings';
  const selects = selection.rerun.length > 0 || selection.from !== undefined || selection.only !== undefined;
  return finished && !selects ? undefined : state;
};
