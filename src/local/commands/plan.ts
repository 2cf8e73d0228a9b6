import { resolve } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import { readInputs } from '../../language/read/inputs.js';
import { FALLBACK_NAMES, type Pipeline } from '../../language/model/pipeline.js';
import { findWorkDirectory } from '../../machine/workdir/work-directory.js';
import { createWorkspaceFiles } from '../../machine/workspace/workspace-files.js';
import { planLines } from '../../plan/plan.js';
import { inheritedSecrets, planRun } from '../../plan/plan-run.js';
import type { Selection } from '../../plan/selection.js';
import { planJson, renderPlan } from '../../report/plan-text.js';
import { isFinished, type RunState } from '../../state/run-state.js';
import type { PlanArguments } from '../command-line/arguments.js';
import { commandLineOf } from '../command-line/command-line.js';
import { readFacts, workspaceOf } from '../../machine/facts.js';
import { loadPipeline } from '../work/load-pipeline.js';
import { isRunOf, recordedPipelineFile } from '../work/recorded-pipeline.js';
import { refuse } from '../terminal/refuse.js';
import { refuseMistakes, showWarnings } from '../terminal/refuse-mistakes.js';
import { readStoredRuns } from '../work/stored-runs.js';
import type { Terminal } from '../terminal/terminal.js';

/** `savepoint plan`: shows what `resume` would do with an unfinished run, else what `run` would do. Changes nothing. */
export const planCommand = async (args: PlanArguments, terminal: Terminal): Promise<number> => {
  const workspace = workspaceOf(terminal.surroundings);
  const file = args.pipeline === undefined ? await recordedPipelineFile(workspace, args) : ok(args.pipeline);
  if (!file.ok) return refuse(file.error, terminal);
  const pipeline = await loadPipeline(workspace, file.value);
  return pipeline.ok ? planPipeline(pipeline.value, args, terminal) : refuseMistakes(pipeline.error, terminal);
};

const planPipeline = async (pipeline: Pipeline, args: PlanArguments, terminal: Terminal): Promise<number> => {
  const { workspace, contexts, env } = readFacts(terminal.surroundings);
  const workDir = args.workDir ?? pipeline.workDir;
  const last = runToResume({ pipeline, workDir, args }, terminal);
  if (!last.ok) return refuse(last.error, terminal);
  const inputs = readInputs(pipeline, args.inputs, last.value?.inputs ?? {});
  if (!inputs.ok) return refuseMistakes(inputs.error, terminal);
  const plan = await planRun({
    pipeline,
    inputs: inputs.value,
    last: last.value,
    selection: args.selection,
    facts: contexts,
    secrets: inheritedSecrets(pipeline, env),
    files: createWorkspaceFiles({ workspace, workDirectory: resolve(workspace, workDir) }),
  });
  if (!plan.ok) return refuse(plan.error, terminal);
  showWarnings(pipeline.warnings, terminal);
  const { out } = terminal;
  const overview = {
    lines: planLines(pipeline, plan.value),
    fallbacks: plan.value.hasWork ? FALLBACK_NAMES.filter((name) => pipeline.fallbacks[name] !== undefined) : [],
  };
  out.write(`${args.output.json ? JSON.stringify(planJson(overview)) : renderPlan(overview, out).join('\n')}\n`);
  return 0;
};

type Question = { readonly pipeline: Pipeline; readonly workDir: string; readonly args: PlanArguments };

/** The run that `resume` would continue; undefined when `run` comes next. */
const runToResume = ({ pipeline, workDir, args }: Question, terminal: Terminal): Result<RunState | undefined> => {
  const workspace = workspaceOf(terminal.surroundings);
  const found = findWorkDirectory(workspace, workDir);
  if (!found.ok) return found;
  const { current, find, isLive } = readStoredRuns(found.value, commandLineOf(args.workDir));
  if (current.kind === 'none') return withoutRun(pipeline, args.selection);
  const run = find(undefined);
  if (!run.ok) return run;
  const { state } = run.value;
  if (!isRunOf(pipeline, state, workspace)) return withoutRun(pipeline, args.selection);
  if (isLive()) sayLive(state, terminal);
  return ok(isFinished(state) && !selects(args.selection) ? undefined : state);
};

const withoutRun = (pipeline: Pipeline, selection: Selection): Result<undefined> =>
  selects(selection)
    ? err(`--rerun, --from and --only need a run to resume, and ${pipeline.file} has none`)
    : ok(undefined);

const selects = ({ rerun, from, only }: Selection): boolean =>
  rerun.length > 0 || from !== undefined || only !== undefined;

const sayLive = ({ runId }: RunState, { err: { paint, write } }: Terminal): void =>
  write(`${paint.yellow('warning:')} run ${runId} is still running; this is what would remain if it ended now\n`);
