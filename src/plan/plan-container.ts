import { stepPath, type ContainerStep, type Step } from '../language/model/pipeline.js';
import { moveItems } from '../state/apply-choice.js';
import { reliedOn, type Choice, type StepRecord } from '../state/run-state.js';
import { decideClosing, decideContainer, type ContainerStart } from './decide-container.js';
import { EMPTY_LAYER, mergeLayers } from '../evaluate/context/export-frame.js';
import { identityOf, recordedIdentity } from '../evaluate/fingerprint.js';
import { isDone, lastTime } from './finished.js';
import { innerSite } from '../evaluate/enter-container.js';
import { innerList } from '../evaluate/inner-list.js';
import { voidedBecause, type KeptChoice } from './keep-choice.js';
import { matchItems } from '../evaluate/kinds/fan-out.js';
import { runsForReal, type Decision } from './plan.js';
import type { PlanList, Planning, PlanSite, Settled } from './planning.js';
import { recordedLayer } from '../evaluate/recorded-source.js';
import { allPaths, isAround } from './selection.js';
import { settle } from './settle-step.js';

type Planner = { readonly planning: Planning; readonly planList: PlanList };

/** Decides a container and the steps in it, as far as its choice is kept. */
export const planContainer = async (step: ContainerStep, site: PlanSite, planner: Planner): Promise<Settled> => {
  const { planning } = planner;
  const path = stepPath(site.list.path, step);
  if (planning.decisions.has(path)) forgetSteps([step], site.list.path, planning);
  const start = decideContainer(step, site, planning);
  if (start.decision !== undefined && start.decision.do !== 'run')
    return passOver(step, { ...site, decision: start.decision }, planning);
  if (start.choice?.kind === 'rechosen') return chooseAgain(path, { ...site, because: start.choice.because }, planning);
  const choice = start.choice?.choice;
  if (start.choice?.kind === 'changed') followItems(path, start.choice, planning);
  if (choice !== undefined) planning.choices.set(path, choice);
  const children = await planChildren(step, { ...site, start, choice }, planner);
  const voided = voidedOf(path, { choice, children, site }, planning);
  if (voided !== undefined) {
    forgetSteps([step], site.list.path, planning);
    return chooseAgain(path, { ...site, because: voided }, planning);
  }
  return closeContainer(step, { ...site, start, choice, children }, planning);
};

/** Drops earlier decisions: a container is planned again if its tolerated failure or its choice does not hold. */
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

const chooseAgain = (path: string, { because, ...site }: RechosenSite, { decisions }: Planning): Settled => {
  const decision: Decision = { do: 'run', because };
  decisions.set(path, decision);
  return settle({ decision, identity: '', layer: EMPTY_LAYER, recordSince: 0 }, site);
};

/** Moves the records of the items to their new indexes in the list. */
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

type Begun = PlanSite & { readonly start: ContainerStart; readonly choice: Choice | undefined };

/** A tolerated failure is kept as a whole: if any step in its container runs, the failed steps in it run too. */
const planChildren = async (
  step: ContainerStep,
  { start: { inner }, choice, ...site }: Begun,
  { planning, planList }: Planner,
): Promise<readonly Settled[]> => {
  const list = innerSite(step, { path: stepPath(site.list.path, step), inner }, { choice });
  const children = await planList(list, planning);
  const isOutermost = inner.tolerated && !site.tolerated;
  return isOutermost && children.some(({ decision }) => runsForReal(decision))
    ? planList({ ...list, tolerated: false }, planning)
    : children;
};

type Planned = {
  readonly choice: Choice | undefined;
  readonly children: readonly Settled[];
  readonly site: Pick<PlanSite, 'tolerated'>;
};

const voidedOf = (path: string, { choice, children, site }: Planned, planning: Planning): string | undefined => {
  const record = planning.last.steps.get(path);
  if (choice === undefined || record === undefined || isAround(planning.selection, path)) return undefined;
  const runsInside = children.some(({ decision }) => runsForReal(decision));
  return voidedBecause(choice, record, { isDone: isDone(record, site), runsInside });
};

type PlannedContainer = Begun & { readonly children: readonly Settled[] };

const closeContainer = (
  step: ContainerStep,
  { start, choice, children: planned, ...site }: PlannedContainer,
  planning: Planning,
): Settled => {
  const path = stepPath(site.list.path, step);
  const record = planning.last.steps.get(path);
  const children =
    choice?.kind === 'iterations' ? cutIterations(step, { ...site, choice, planned }, planning) : planned;
  const decision = start.decision ?? closingOf(record, { choice, children, site });
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

/** Drops the iterations after the first that runs again: the loop decides then whether to continue. */
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

/** A loop interrupted between two iterations has to continue; recording its end is not enough. */
const closingOf = (record: StepRecord | undefined, { choice, children, site }: Planned): Decision => {
  const decision = decideClosing(record, { children, site });
  const isCut = record?.status === 'running' && record.lastFinish === undefined;
  return isCut && choice?.kind === 'iterations' && !choice.isOver && 'refresh' in decision
    ? { do: 'run', because: lastTime(record) }
    : decision;
};

type PassedSite = PlanSite & { readonly decision: Decision };

/** Settles a container that does not start; the steps in it are skipped. */
const passOver = (step: ContainerStep, { decision, ...site }: PassedSite, planning: Planning): Settled => {
  const { decisions, sources } = planning;
  const path = stepPath(site.list.path, step);
  decisions.set(path, decision);
  for (const inside of allPaths([step], site.list.path, planning.choices)) {
    if (inside !== path) decisions.set(inside, { do: 'skip', because: `"${path}" does not start` });
  }
  const identity = recordedIdentity(step, path, sources.recorded.record);
  const layer = recordedLayer(step, path, sources.recorded.record);
  return settle({ decision, identity, layer, recordSince: planning.last.steps.get(path)?.since ?? 0 }, site);
};
