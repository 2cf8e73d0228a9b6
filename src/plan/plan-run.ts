import { err, ok, type Result } from '../base/result.js';
import { isContainer, stepPath, type ContainerStep, type Pipeline, type Step } from '../language/pipeline.js';
import type { RunState } from '../state/run-state.js';
import { isCompleted } from '../state/state-file.js';
import { decideContainer, decideProcessStep } from './decide.js';
import { EMPTY_FRAME, EMPTY_LAYER, joinFrames, withLayer, type Frame, type FrameLayer } from './export-frame.js';
import { envDigest, needsDigest, recordedIdentity, SKIPPED_IDENTITY } from './fingerprint.js';
import { executionOrder } from './graph.js';
import type { Decision, Plan } from './plan.js';
import { recordedLayer, recordedSource, standIns } from './recorded-source.js';
import { refreshSteps } from './refresh.js';
import { viewOf, type ListBase, type Planning, type PlanPlace } from './planning.js';
import { checkSelection, isLeftOut, type Selection } from './selection.js';
import { unfinishedBefore } from './start-point.js';
import { listScope, scopeAt, type Facts, type ListScope, type ValueSource } from './step-context.js';
import { evaluateEnv } from './step-inputs.js';
import type { WorkspaceFiles } from './workspace-files.js';

/** What a plan is made from. Without `last` everything runs. */
export type PlanInput = {
  readonly pipeline: Pipeline;
  readonly inputs: ValueSource['inputs'];
  readonly last: RunState | undefined;
  readonly selection: Selection;
  readonly facts: Facts;
  readonly files: WorkspaceFiles;
};

/**
 * Decides for each step whether it runs or is kept, and why. Reads the workspace, changes nothing.
 * The rules are those of `docs/resume.md`. Errors: a selection that names no step, or starts after unfinished work.
 */
export const planRun = async (input: PlanInput): Promise<Result<Plan>> => {
  if (input.last === undefined) return ok(freshPlan());
  const named = checkSelection(input.pipeline, input.selection);
  if (!named.ok) return named;
  const planning = startPlanning(input, input.last);
  await planList(listScope('', input.pipeline.steps), rootBase(input, planning), planning);
  const hasWork = [...planning.decisions.values()].some((decision) => decision.do === 'run' && !decision.refresh);
  if (hasWork) refreshSteps(input.pipeline.steps, planning);
  const blocker = unfinishedBefore(input.pipeline.steps, input.selection, planning.decisions);
  if (blocker !== undefined) return err(blocker);
  return ok({ decisions: planning.decisions, defaultDecision: NOT_YET, hasWork });
};

/** What is known of a step once it is decided, for the steps after it. */
type Settled = {
  /** It runs, and so what needs it runs again. */
  readonly runs: boolean;
  readonly since: number;
  readonly identity: string;
  readonly frame: Frame;
};

const NOT_YET: Decision = { do: 'run', because: 'it has not run yet' };

const freshPlan = (): Plan => ({
  decisions: new Map(),
  defaultDecision: { do: 'run', because: 'a fresh run' },
  hasWork: true,
});

const startPlanning = ({ selection, files, inputs, facts }: PlanInput, last: RunState): Planning => ({
  last,
  selection,
  files,
  source: recordedSource({
    record: (path) => last.steps.get(path),
    outputs: (record) => record.outputs,
    inputs,
    run: { id: last.runId, attempt: last.attempt + 1, resumed: true },
    facts,
    hashFiles: files.hashFiles,
  }),
  decisions: new Map(),
});

const rootBase = ({ pipeline }: PlanInput, { source }: Planning): ListBase => {
  const secrets = withLayer(EMPTY_FRAME, { env: standIns(pipeline.secrets), path: [] });
  const env = evaluateEnv(pipeline.env, scopeAt(viewOf(listScope('', pipeline.steps), secrets), source));
  const values = env.ok ? env.value : {};
  return {
    env: envDigest('', values),
    needs: '',
    frame: withLayer(secrets, { env: values, path: [] }),
    since: 0,
    stale: env.ok ? undefined : `the env of the pipeline cannot be evaluated: ${env.error}`,
    tolerated: false,
  };
};

/** Decides all steps of a list; gives them back in the order of the file. */
const planList = async (list: ListScope, base: ListBase, planning: Planning): Promise<readonly Settled[]> => {
  const settled: Settled[] = [];
  for (const index of executionOrder(list.steps)) {
    const step = list.steps[index];
    if (step !== undefined)
      settled[index] = await planStep(step, { list, base: stepBase(step, { list, base, settled }) }, planning);
  }
  return settled;
};

type ListProgress = { readonly list: ListScope; readonly base: ListBase; readonly settled: readonly Settled[] };

/** What a step takes over: from its needs, or from its list where it needs nothing. */
const stepBase = (step: Step, { list, base, settled }: ListProgress): ListBase => {
  const needs = step.needs.flatMap((need) => settled[need] ?? []);
  const again = step.needs.find((need) => settled[need]?.runs);
  const needed = again === undefined ? undefined : list.steps[again]?.id;
  return {
    ...base,
    needs: needsDigest(
      base.needs,
      needs.map(({ identity }) => identity),
    ),
    frame: needs.length === 0 ? base.frame : joinFrames(needs.map(({ frame }) => frame)),
    since: Math.max(base.since, ...needs.map(({ since }) => since)),
    stale: needed === undefined ? base.stale : `it needs "${needed}", which runs again`,
  };
};

const planStep = async (step: Step, place: PlanPlace, planning: Planning): Promise<Settled> => {
  const path = stepPath(place.list.path, step);
  if (isLeftOut(planning.selection, path)) return leaveOut(path, place, planning);
  if (isContainer(step)) return planContainer(step, place, planning);
  const { decision, identity } = await decideProcessStep(step, place, planning);
  planning.decisions.set(path, decision);
  const layer = recordedLayer(step, path, planning.source.record);
  return settle({ decision, identity, layer, recordSince: planning.last.steps.get(path)?.since ?? 0 }, place);
};

const leaveOut = (path: string, place: PlanPlace, { decisions }: Planning): Settled => {
  decisions.set(path, { do: 'leave', because: 'not asked for with --only' });
  return { runs: false, since: place.base.since, identity: SKIPPED_IDENTITY, frame: place.base.frame };
};

type Ending = {
  readonly decision: Decision;
  readonly identity: string;
  readonly layer: FrameLayer;
  readonly recordSince: number;
};

const settle = ({ decision, identity, layer, recordSince }: Ending, { base }: PlanPlace): Settled => ({
  runs: decision.do === 'run' && !decision.refresh,
  since: Math.max(base.since, recordSince),
  identity,
  frame: decision.do === 'restore' ? withLayer(base.frame, layer) : base.frame,
});

const planContainer = async (step: ContainerStep, place: PlanPlace, planning: Planning): Promise<Settled> => {
  const path = stepPath(place.list.path, step);
  const before = decideContainer(step, place, planning);
  if (before.decision?.do === 'skip') {
    planning.decisions.set(path, before.decision);
    return settle({ decision: before.decision, identity: SKIPPED_IDENTITY, layer: EMPTY_LAYER, recordSince: 0 }, place);
  }
  const children = await planList(listScope(path, step.steps, place.list), before.inner, planning);
  const decision = before.decision ?? afterChildren(children, { path, tolerated: place.base.tolerated }, planning);
  planning.decisions.set(path, decision);
  return settle(
    {
      decision,
      identity: recordedIdentity(step, path, planning.source.record),
      layer: recordedLayer(step, path, planning.source.record),
      recordSince: Math.max(0, ...children.map(({ since }) => since)),
    },
    place,
  );
};

/** A container runs when something in it does; one that only has to be closed leaves what follows it valid. */
const afterChildren = (
  children: readonly Settled[],
  { path, tolerated }: { readonly path: string; readonly tolerated: boolean },
  { last }: Planning,
): Decision => {
  if (children.some(({ runs }) => runs)) return { do: 'run', because: 'a step in it runs' };
  const record = last.steps.get(path);
  return record !== undefined && (isCompleted(record) || (tolerated && record.status !== 'running'))
    ? { do: 'restore', because: `finished in attempt ${String(record.runAttempt)}` }
    : { do: 'run', because: 'its end was not recorded', refresh: true };
};
