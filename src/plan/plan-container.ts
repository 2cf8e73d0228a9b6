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
import type { ListBase, PlanList, PlannedList, Planning, PlanPlace, Settled } from './planning.js';
import { recordedLayer } from '../evaluate/recorded-source.js';
import { allPaths, isAround } from './selection.js';
import { settle } from './settle-step.js';
import { listScope } from '../evaluate/step-context.js';

type Means = { readonly planning: Planning; readonly planList: PlanList };

/** Decides a container and all steps in it, as far as its choice of them is kept. */
export const planContainer = async (step: ContainerStep, place: PlanPlace, means: Means): Promise<Settled> => {
  const { planning } = means;
  const path = stepPath(place.list.path, step);
  if (planning.decisions.has(path)) forgetSteps([step], place.list.path, planning);
  const start = decideContainer(step, place, planning);
  if (start.decision !== undefined && start.decision.do !== 'run')
    return passOver(step, { ...place, decision: start.decision }, planning);
  if (start.choice?.kind === 'anew') return chooseAnew(path, { ...place, because: start.choice.because }, planning);
  const choice = start.choice?.choice;
  if (start.choice?.kind === 'changed') followItems(path, start.choice, planning);
  if (choice !== undefined) planning.choices.set(path, choice);
  const children = await planChildren(plannedList(step, { ...place, start, choice }), { start, place }, means);
  const voided = voidedOf(path, { choice, children, base: place.base }, planning);
  if (voided !== undefined) {
    forgetSteps([step], place.list.path, planning);
    return chooseAnew(path, { ...place, because: voided }, planning);
  }
  return closeContainer(step, { ...place, start, choice, children }, planning);
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

type AnewPlace = PlanPlace & { readonly because: string };

const chooseAnew = (path: string, { because, ...place }: AnewPlace, { decisions }: Planning): Settled => {
  const decision: Decision = { do: 'run', because };
  decisions.set(path, decision);
  return settle({ decision, identity: '', layer: EMPTY_LAYER, recordSince: 0 }, place);
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
    ...(record.basis !== undefined && { basis: { ...record.basis, choice } }),
  });
};

type ListPlace = PlanPlace & { readonly start: ContainerStart; readonly choice: Choice | undefined };

const plannedList = (step: ContainerStep, { list, start, choice }: ListPlace): PlannedList => {
  const path = stepPath(list.path, step);
  const { view, inner } = start;
  if (view.called !== undefined) return { list: view.called };
  const { path: listPath, steps }: InnerList = innerList(step, path, choice) ?? { path, steps: [] };
  const scope = listScope(listPath, steps, list);
  if (choice?.kind !== 'items') return { list: scope };
  return { list: scope, items: itemScopes(scope, { live: choice.items, recorded: choice.items }, inner.values) };
};

type Bases = { readonly start: ContainerStart; readonly place: PlanPlace };

/** A tolerated failure is done as a whole: where something in its container runs, failed steps in it run too. */
const planChildren = async (
  planned: PlannedList,
  { start: { inner }, place: { base } }: Bases,
  { planning, planList }: Means,
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

type PlannedContainer = ListPlace & { readonly children: readonly Settled[] };

const closeContainer = (
  step: ContainerStep,
  { start, choice, children: planned, ...place }: PlannedContainer,
  planning: Planning,
): Settled => {
  const path = stepPath(place.list.path, step);
  const record = planning.last.steps.get(path);
  const children =
    choice?.kind === 'iterations' ? cutIterations(step, { ...place, choice, planned }, planning) : planned;
  const decision = start.decision ?? closingOf(record, { choice, children, base: place.base });
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
    place,
  );
};

type Iterations = PlanPlace & {
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
  const isCut = record?.status === 'running' && record.basis === undefined;
  return isCut && choice?.kind === 'iterations' && !choice.isOver && 'refresh' in decision
    ? { do: 'run', because: lastTime(record) }
    : decision;
};

type PassedPlace = PlanPlace & { readonly decision: Decision };

/** A container in which nothing can begin. */
const passOver = (step: ContainerStep, { decision, ...place }: PassedPlace, planning: Planning): Settled => {
  const { decisions, source } = planning;
  const path = stepPath(place.list.path, step);
  decisions.set(path, decision);
  for (const inside of allPaths([step], place.list.path, planning.choices)) {
    if (inside !== path) decisions.set(inside, { do: 'skip', because: `"${path}" does not start` });
  }
  const identity = recordedIdentity(step, path, source.record);
  const layer = recordedLayer(step, path, source.record);
  return settle({ decision, identity, layer, recordSince: planning.last.steps.get(path)?.since ?? 0 }, place);
};
