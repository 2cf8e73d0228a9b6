import { err, ok, type Result } from '../base/result.js';
import type { Pipeline } from '../language/model/pipeline.js';
import { reliedOn, type RunState, type StepRecord } from '../state/run-state.js';
import { isCompleted } from '../state/state-file.js';
import { createFlattener } from '../evaluate/context/export-frame.js';
import { enterPipeline } from '../evaluate/context/site.js';
import { planList } from './plan-list.js';
import { NO_CHOICES, processPaths, runsForReal, type Decision, type Plan } from './plan.js';
import type { Planning, PlanSite } from './planning.js';
import { recordedSource } from '../evaluate/recorded-source.js';
import { refreshSteps } from './refresh.js';
import { checkSelection, type Selection } from './selection.js';
import { unfinishedBefore } from './start-point.js';
import { standIns, type Facts, type ValueSource } from '../evaluate/context/step-context.js';
import type { WorkspaceFiles } from '../evaluate/context/workspace-files.js';

/** The input of planning. Without `last` everything runs. */
export type PlanInput = {
  readonly pipeline: Pipeline;
  readonly inputs: ValueSource['inputs'];
  readonly last: RunState | undefined;
  readonly selection: Selection;
  readonly facts: Facts;
  readonly files: WorkspaceFiles;
  /** Inherited secrets, empty where not set; only conditions see them. Absent if not known. */
  readonly secrets?: Readonly<Record<string, string>>;
};

/**
 * Decides for each step whether it runs or is kept, and why. Reads the workspace, changes nothing.
 * The rules are those of `docs/resume.md`. Errors: a selection that names no step, or starts after unfinished work.
 */
export const planRun = async (input: PlanInput): Promise<Result<Plan>> => {
  const named = checkSelection(input.pipeline, input.selection, input.last);
  if (!named.ok) return named;
  if (input.last === undefined) return ok(freshPlan());
  const planning = startPlanning(input, input.last);
  await planList(topOf(input, planning), planning);
  const hasWork = isWork(input.pipeline, planning);
  if (hasWork) refreshSteps(input.pipeline.steps, planning);
  const blocker = unfinishedBefore(input.pipeline.steps, input.selection, planning);
  if (blocker !== undefined) return err(blocker);
  const { decisions, choices } = planning;
  return ok({ decisions, choices, defaultDecision: NOT_YET, hasWork });
};

/** Recording the end of a container whose steps are all done is not work: it starts no process. */
const isWork = ({ steps }: Pipeline, { decisions, choices }: Planning): boolean =>
  [...decisions.values()].some(runsForReal) ||
  processPaths(steps, '', choices).some((path) => decisions.get(path)?.do === 'run');

/** Declared secrets as processes inherit them, empty where not set. */
export const inheritedSecrets = (
  { secrets }: Pipeline,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => Object.fromEntries(secrets.map((name) => [name, env[name] ?? '']));

const NOT_YET: Decision = { do: 'run', because: 'it has not run yet' };

const freshPlan = (): Plan => ({
  decisions: new Map(),
  choices: NO_CHOICES,
  defaultDecision: { do: 'run', because: 'a fresh run' },
  hasWork: true,
});

const startPlanning = (input: PlanInput, last: RunState): Planning => {
  const steps = new Map(last.steps);
  const live: ValueSource = {
    side: 'live',
    record: (path) => latestFinish(steps.get(path)),
    outputs: (record) => record.outputs,
    inputs: input.inputs,
    run: { id: last.runId, attempt: last.attempt + 1, resumed: true },
    facts: input.facts,
    hashFiles: input.files.hashFiles,
  };
  return {
    last: { ...last, steps, fallbacks: new Map(last.fallbacks) },
    selection: input.selection,
    files: input.files,
    sources: { live, recorded: recordedSource(live, input.pipeline.secrets), flatten: createFlattener() },
    decisions: new Map(),
    choices: new Map(),
  };
};

/** A step whose refresh did not finish counts as it last finished. */
const latestFinish = (record: StepRecord | undefined): StepRecord | undefined =>
  record !== undefined && isCompleted(record) ? record : reliedOn(record);

/** If the inherited secrets are not known, stand-ins take their place. */
const topOf = ({ pipeline, secrets = standIns(pipeline.secrets) }: PlanInput, { sources }: Planning): PlanSite => {
  const { site, problems } = enterPipeline(pipeline, secrets, sources);
  const stale =
    problems.recorded === undefined ? undefined : `the env of the pipeline cannot be evaluated: ${problems.recorded}`;
  return { ...site, since: 0, stale, tolerated: false };
};
