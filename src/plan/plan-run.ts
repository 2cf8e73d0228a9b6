import { err, ok, type Result } from '../base/result.js';
import { isContainer, stepPath, type ContainerStep, type Pipeline, type Step } from '../language/pipeline.js';
import { reliedOn, type RunState, type StepRecord } from '../state/run-state.js';
import { isCompleted } from '../state/state-file.js';
import { decideClosing, decideContainer } from './decide-container.js';
import { decideProcessStep } from './decide-process-step.js';
import {
  EMPTY_FRAME,
  EMPTY_LAYER,
  joinFrames,
  mergeLayers,
  withLayer,
  type Frame,
  type FrameLayer,
} from './export-frame.js';
import { envDigest, identityOf, needsDigest, recordedIdentity, SKIPPED_IDENTITY } from './fingerprint.js';
import { executionOrder } from './graph.js';
import { processPaths, runsForReal, type Decision, type Plan } from './plan.js';
import { recordedLayer, recordedSource, standIns } from './recorded-source.js';
import { refreshSteps } from './refresh.js';
import { viewOf, type ListBase, type Planning, type PlanPlace } from './planning.js';
import { allPaths, checkSelection, isLeftOut, type Selection } from './selection.js';
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
  /** Secrets as they were inherited, empty where they are not set; only conditions see them. Absent: not known. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Why what a finished step left is not here; undefined when it is. Absent: all is here. */
  readonly unkept?: Planning['unkept'];
};

/**
 * Decides for each step whether it runs or is kept, and why. Reads the workspace, changes nothing.
 * The rules are those of `docs/resume.md`. Errors: a selection that names no step, or starts after unfinished work.
 */
export const planRun = async (input: PlanInput): Promise<Result<Plan>> => {
  const named = checkSelection(input.pipeline, input.selection);
  if (!named.ok) return named;
  if (input.last === undefined) return ok(freshPlan());
  const planning = startPlanning(input, input.last);
  await planList(listScope('', input.pipeline.steps), rootBase(input, planning), planning);
  const hasWork = isWork(input.pipeline, planning.decisions);
  if (hasWork) refreshSteps(input.pipeline.steps, planning);
  const blocker = unfinishedBefore(input.pipeline.steps, input.selection, planning.decisions);
  if (blocker !== undefined) return err(blocker);
  return ok({ decisions: planning.decisions, defaultDecision: NOT_YET, hasWork });
};

/** Closing a container whose steps are all done is no work: it starts no process. */
const isWork = ({ steps }: Pipeline, decisions: Planning['decisions']): boolean =>
  [...decisions.values()].some(runsForReal) ||
  processPaths(steps, '').some((path) => decisions.get(path)?.do === 'run');

/** Declared secrets as processes inherit them, empty where they are not set. */
export const inheritedSecrets = (
  { secrets }: Pipeline,
  env: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> => Object.fromEntries(secrets.map((name) => [name, env[name] ?? '']));

/** What is known of a step once it is decided, for the steps after it. */
type Settled = {
  readonly decision: Decision;
  /** Sequence number of the latest work that ended with it. */
  readonly since: number;
  /** What it exported. */
  readonly layer: FrameLayer;
  readonly identity: string;
  readonly frame: Frame;
};

const NOT_YET: Decision = { do: 'run', because: 'it has not run yet' };

const freshPlan = (): Plan => ({
  decisions: new Map(),
  defaultDecision: { do: 'run', because: 'a fresh run' },
  hasWork: true,
});

const startPlanning = (input: PlanInput, last: RunState): Planning => {
  const live: ValueSource = {
    record: (path) => latestFinish(last.steps.get(path)),
    outputs: (record) => record.outputs,
    inputs: input.inputs,
    run: { id: last.runId, attempt: last.attempt + 1, resumed: true },
    facts: input.facts,
    hashFiles: input.files.hashFiles,
  };
  return {
    last,
    selection: input.selection,
    files: input.files,
    source: recordedSource(live, input.pipeline.secrets),
    live,
    secrets: input.secrets,
    unkept: input.unkept ?? (() => undefined),
    decisions: new Map(),
  };
};

/** A step that began again only to be there, and did not get to its end, is as it was before. */
const latestFinish = (record: StepRecord | undefined): StepRecord | undefined =>
  record !== undefined && isCompleted(record) ? record : reliedOn(record);

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
  const again = step.needs.find((need) => runsForReal(settled[need]?.decision));
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
  if (isLeftOut(planning.selection, path)) return leaveOut(step, place, planning);
  if (isContainer(step)) return planContainer(step, place, planning);
  const { decision, identity } = await decideProcessStep(step, place, planning);
  planning.decisions.set(path, decision);
  const layer = recordedLayer(step, path, planning.source.record);
  return settle({ decision, identity, layer, recordSince: planning.last.steps.get(path)?.since ?? 0 }, place);
};

const leaveOut = (step: Step, place: PlanPlace, { decisions }: Planning): Settled => {
  const decision: Decision = { do: 'leave', because: 'not asked for with --only' };
  for (const path of allPaths([step], place.list.path)) decisions.set(path, decision);
  return settle({ decision, identity: SKIPPED_IDENTITY, layer: EMPTY_LAYER, recordSince: 0 }, place);
};

type Ending = {
  readonly decision: Decision;
  readonly identity: string;
  readonly layer: FrameLayer;
  readonly recordSince: number;
};

const settle = ({ decision, identity, layer, recordSince }: Ending, { base }: PlanPlace): Settled => {
  const exported = runsForReal(decision) ? EMPTY_LAYER : layer;
  return {
    decision,
    since: Math.max(base.since, recordSince),
    identity,
    layer: exported,
    frame: withLayer(base.frame, exported),
  };
};

const planContainer = async (step: ContainerStep, place: PlanPlace, planning: Planning): Promise<Settled> => {
  const path = stepPath(place.list.path, step);
  const before = decideContainer(step, place, planning);
  if (before.decision !== undefined && before.decision.do !== 'run') {
    return passOver(step, { ...place, decision: before.decision }, planning);
  }
  const list = listScope(path, step.steps, place.list);
  const children = await planChildren(list, { inner: before.inner, outer: place.base }, planning);
  const decision = before.decision ?? decideClosing(planning.last.steps.get(path), { children, base: place.base });
  planning.decisions.set(path, decision);
  return settle(
    {
      decision,
      identity: identityOf(
        before.fingerprint,
        children.map(({ identity }) => identity),
      ),
      layer: mergeLayers(children.map(({ layer }) => layer)),
      recordSince: Math.max(0, ...children.map(({ since }) => since)),
    },
    place,
  );
};

type PassedPlace = PlanPlace & { readonly decision: Decision };

/** A container in which nothing can begin. */
const passOver = (step: ContainerStep, { decision, ...place }: PassedPlace, planning: Planning): Settled => {
  const { decisions, source } = planning;
  const path = stepPath(place.list.path, step);
  decisions.set(path, decision);
  for (const inside of allPaths(step.steps, path)) {
    decisions.set(inside, { do: 'skip', because: `"${path}" does not start` });
  }
  const identity = recordedIdentity(step, path, source.record);
  const layer = recordedLayer(step, path, source.record);
  return settle({ decision, identity, layer, recordSince: planning.last.steps.get(path)?.since ?? 0 }, place);
};

type Bases = { readonly inner: ListBase; readonly outer: ListBase };

/** A tolerated failure is done as a whole: where something in its container runs, failed steps in it run too. */
const planChildren = async (
  list: ListScope,
  { inner, outer }: Bases,
  planning: Planning,
): Promise<readonly Settled[]> => {
  const children = await planList(list, inner, planning);
  const isOutermost = inner.tolerated && !outer.tolerated;
  return isOutermost && children.some(({ decision }) => runsForReal(decision))
    ? planList(list, { ...inner, tolerated: false }, planning)
    : children;
};
