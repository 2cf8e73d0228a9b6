import { stepPath, type ContainerStep, type Step } from '../language/model/pipeline.js';
import { moveItems } from '../state/apply-choice.js';
import { reliedOn, type Choice, type StepRecord } from '../state/run-state.js';
import { decideClosing, decideContainer, type ContainerStart } from './decide-container.js';
import { EMPTY_LAYER, mergeLayers } from '../evaluate/export-frame.js';
import { identityOf, recordedIdentity } from '../evaluate/fingerprint.js';
import { isDone, lastTime } from './finished.js';
import { innerList, type InnerList } from '../evaluate/inner-list.js';
import { itemScopes } from '../evaluate/item-scopes.js';
import { voidedBecause, type KeptChoice } from './keep-choice.js';
import { matchItems } from '../evaluate/list-items.js';
import { runsForReal, type Decision } from './plan.js';
import type { ListBase, PlanList, PlannedList, Planning, PlanSite, Settled } from './planning.js';
import { recordedLayer } from '../evaluate/recorded-source.js';
import { allPaths, isAround } from './selection.js';
import { settle } from './settle-step.js';
import { listScope } from '../evaluate/step-context.js';

type Engine = { readonly planning: Planning; readonly planList: PlanList };

/** Decides a container and all steps in it, as far as its choice of them is kept. */
export const planContainer = async (step: ContainerStep, site: PlanSite, engine: Engine): Promise<Settled> => {
  const { planning } = engine;
  const path = stepPath(site.list.path, step);
  if (planning.decisions.has(path)) forgetSteps([step], site.list.path, planning);
  const start = decideContainer(step, site, planning);
  if (start.decision !== undefined && start.decision.do !== 'run')
    return passOver(step, { ...site, decision: start.decision }, planning);
  if (start.choice?.kind === 'anew') return chooseAnew(path, { ...site, because: start.choice.because }, planning);
  const choice = start.choice?.choice;
  if (start.choice?.kind === 'changed') followItems(path, start.choice, planning);
  if (choice !== undefined) planning.choices.set(path, choice);
  const children = await planChildren(plannedList(step, { ...site, start, choice }), { start, site }, engine);
  const voided = voidedOf(path, { choice, children, base: site.base }, planning);
  if (voided !== undefined) {
    forgetSteps([step], site.list.path, planning);
    return chooseAnew(path, { ...site, because: voided }, planning);
  }
  return closeContainer(step, { ...site, start, choice, children }, planning);
};

/** Planned twice where a tolerated failure does not stand, or what was chosen: what was said first does not count. */
const forgetSteps = (
  steps: readonly Step[],
  listPath: string,
  { decisions, choices }: Pick<Planning, 'decisions' | 'choices'>,
): void => {
  for (const path of allPaths(steps, listPath, choices)) {
    decisions.delete(path);
    choices.delete(path);
  }
};

type RechosenSite = PlanSite & { readonly because: string };

const chooseAnew = (path: string, { because, ...site }: RechosenSite, { decisions }: Planning): Settled => {
  const decision: Decision = { do: 'run', because };
  decisions.set(path, decision);
  return settle({ decision, identity: '', layer: EMPTY_LAYER, recordSince: 0 }, site);
};

/** Puts what is known of the items where the list has them now. */
const followItems = (path: string, { choice }: KeptChoice & { readonly kind: 'changed' }, { last }: Planning): void => {
  const record = last.steps.get(path);
  const before = reliedOn(record)?.choice ?? record?.formerChoice;
  if (record === undefined || before?.kind !== 'items' || choice.kind !== 'items') return;
  moveItems(last, path, matchItems(before.items, choice.items));
  last.steps.set(path, {
    ...record,
    choice,
    ...(record.lastFinish !== undefined && { lastFinish: { ...record.lastFinish, choice } }),
  });
};

type StepSite = PlanSite & { readonly start: ContainerStart; readonly choice: Choice | undefined };

const plannedList = (step: ContainerStep, { list, start, choice }: StepSite): PlannedList => {
  const path = stepPath(list.path, step);
  const { view, inner } = start;
  if (view.called !== undefined) return { list: view.called };
  const { path: listPath, steps }: InnerList = innerList(step, path, choice) ?? { path, steps: [] };
  const scope = listScope(listPath, steps, list);
  if (choice?.kind !== 'items') return { list: scope };
  return { list: scope, items: itemScopes(scope, { live: choice.items, recorded: choice.items }, inner.values) };
};

type Bases = { readonly start: ContainerStart; readonly site: PlanSite };

/** A tolerated failure is done as a whole: where something in its container runs, failed steps in it run too. */
const planChildren = async (
  planned: PlannedList,
  { start: { inner }, site: { base } }: Bases,
  { planning, planList }: Engine,
): Promise<readonly Settled[]> => {
  const children = await planList(planned, inner, planning);
  const isOutermost = inner.tolerated && !base.tolerated;
  return isOutermost && children.some(({ decision }) => runsForReal(decision))
    ? planList(planned, { ...inner, tolerated: false }, planning)
    : children;
};

type Planned = {
  readonly choice: Choice | undefined;
  readonly children: readonly Settled[];
  readonly base: ListBase;
};

const voidedOf = (path: string, { choice, children, base }: Planned, planning: Planning): string | undefined => {
  const record = planning.last.steps.get(path);
  if (choice === undefined || record === undefined || isAround(planning.selection, path)) return undefined;
  const runsInside = children.some(({ decision }) => runsForReal(decision));
  return voidedBecause(choice, { record, isDone: isDone(record, base), runsInside });
};

type PlannedContainer = StepSite & { readonly children: readonly Settled[] };

const closeContainer = (
  step: ContainerStep,
  { start, choice, children: planned, ...site }: PlannedContainer,
  planning: Planning,
): Settled => {
  const path = stepPath(site.list.path, step);
  const record = planning.last.steps.get(path);
  const children =
    choice?.kind === 'iterations' ? cutIterations(step, { ...site, choice, planned }, planning) : planned;
  const decision = start.decision ?? closingOf(record, { choice, children, base: site.base });
  planning.decisions.set(path, decision);
  return settle(
    {
      decision,
      identity: identityOf(
        start.fingerprint,
        children.map(({ identity }) => identity),
      ),
      layer: mergeLayers(children.map(({ layer }) => layer)),
      recordSince: children.reduce(
        (latest, { since }) => Math.max(latest, since),
        choice === undefined ? 0 : (reliedOn(record)?.since ?? 0),
      ),
    },
    site,
  );
};

type Iterations = PlanSite & {
  readonly choice: Choice & { readonly kind: 'iterations' };
  readonly planned: readonly Settled[];
};

/** After an iteration that runs again nothing is known of the next: whether there is one is decided anew. */
const cutIterations = (
  step: ContainerStep,
  { list, choice, planned }: Iterations,
  planning: Planning,
): readonly Settled[] => {
  const path = stepPath(list.path, step);
  const first = planned.findIndex(({ decision }) => runsForReal(decision));
  if (first === -1 || isAround(planning.selection, path)) return planned;
  const inner = innerList(step, path, choice);
  if (inner !== undefined) forgetSteps(inner.steps.slice(first + 1), inner.path, planning);
  planning.choices.set(path, { kind: 'iterations', count: first + 1, isOver: false });
  return planned.slice(0, first + 1);
};

/** A loop that was cut off between two iterations goes on: that is more than to close it. */
const closingOf = (record: StepRecord | undefined, { choice, children, base }: Planned): Decision => {
  const decision = decideClosing(record, { children, base });
  const isCut = record?.status === 'running' && record.lastFinish === undefined;
  return isCut && choice?.kind === 'iterations' && !choice.isOver && 'refresh' in decision
    ? { do: 'run', because: lastTime(record) }
    : decision;
};

type PassedSite = PlanSite & { readonly decision: Decision };

/** A container in which nothing can begin. */
const passOver = (step: ContainerStep, { decision, ...site }: PassedSite, planning: Planning): Settled => {
  const { decisions, source } = planning;
  const path = stepPath(site.list.path, step);
  decisions.set(path, decision);
  for (const inside of allPaths([step], site.list.path, planning.choices)) {
    if (inside !== path) decisions.set(inside, { do: 'skip', because: `"${path}" does not start` });
  }
  const identity = recordedIdentity(step, path, source.record);
  const layer = recordedLayer(step, path, source.record);
  return settle({ decision, identity, layer, recordSince: planning.last.steps.get(path)?.since ?? 0 }, site);
};
