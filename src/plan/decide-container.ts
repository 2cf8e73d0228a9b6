import { pathBelow, stepPath, type ContainerStep } from '../language/model/pipeline.js';
import type { Fingerprint } from '../state/event.js';
import { reliedOn, type StepRecord } from '../state/run-state.js';
import { callInputs } from '../evaluate/call-inputs.js';
import { chooseArm, conditionHolds } from '../evaluate/choose-arm.js';
import { viewContainer, type ContainerView } from './container-view.js';
import { conditionOf, decideSkipped } from './decide-skipped.js';
import { changeBetween, containerFingerprint, neverBegan } from '../evaluate/fingerprint.js';
import { isDone, keptBecause, lastTime, RAN_AFTER } from './finished.js';
import { isChoosing } from '../evaluate/inner-list.js';
import { keepChoice, type KeptChoice } from './keep-choice.js';
import { evaluateItems } from '../evaluate/list-items.js';
import { runsForReal, type Decision } from './plan.js';
import type { ListBase, Planning, PlanSite } from './planning.js';
import { forcedReason, isAround, isNamedInside } from './selection.js';

/** What can be said of a container before its steps are planned, and what they take over from it. */
export type ContainerStart = {
  /** Undefined: its steps decide. */
  readonly decision: Decision | undefined;
  /** Undefined for one that has nothing to choose. */
  readonly choice: KeptChoice | undefined;
  readonly inner: ListBase;
  readonly fingerprint: Fingerprint;
  readonly view: ContainerView;
};

/** Decides a container as far as it goes by itself. */
export const decideContainer = (step: ContainerStep, site: PlanSite, planning: Planning): ContainerStart => {
  const path = stepPath(site.list.path, step);
  const record = planning.last.steps.get(path);
  const { base } = site;
  const view = viewContainer(step, site, planning);
  const fingerprint = containerFingerprint(step, { ...view.own, needs: base.needs });
  const forced = forcedReason(planning.selection, path) ?? base.stale;
  const { decision, choice } =
    forced === undefined ? ownDecision(step, { ...site, record, fingerprint, view }, planning) : anew(step, forced);
  return {
    decision,
    choice,
    view,
    fingerprint: reliedOn(record)?.fingerprint ?? fingerprint,
    inner: {
      ...view.inner,
      needs: base.needs,
      since: base.since,
      stale: forced ?? (view.problem === undefined ? undefined : decision?.because),
      tolerated: base.tolerated || (record?.tolerated ?? false),
    },
  };
};

type OwnDecision = Pick<ContainerStart, 'decision' | 'choice'>;

const anew = (step: ContainerStep, because: string): OwnDecision => ({
  decision: { do: 'run', because },
  choice: isChoosing(step) ? { kind: 'anew', because } : undefined,
});

type ContainerSite = PlanSite & {
  readonly record: StepRecord | undefined;
  readonly fingerprint: Fingerprint;
  readonly view: ContainerView;
};

const ownDecision = (step: ContainerStep, site: ContainerSite, planning: Planning): OwnDecision => {
  const { record, view } = site;
  if (record === undefined) return isChoosing(step) ? anew(step, NOT_YET) : ITS_STEPS_DECIDE;
  const skipped =
    record.status === 'skipped' ? decideSkipped(step, { ...site, record, own: view.live }, planning) : undefined;
  if (skipped?.do === 'skip') return { decision: skipped, choice: undefined };
  if (skipped !== undefined && record.lastFinish === undefined) {
    if (!isChoosing(step)) return { decision: skipped, choice: undefined };
    if (record.choice === undefined) return anew(step, skipped.because);
  }
  const isUnopened = record.tolerated && failedOnStart(record.path, planning.last);
  if (record.tolerated && !isUnopened && neverBegan(step, record.path, planning.live.record)) {
    if (failsToBegin(step, site, planning))
      return { decision: { do: 'restore', because: keptBecause(record) }, choice: undefined };
    return isChoosing(step) ? anew(step, 'it could not begin last time') : ITS_STEPS_DECIDE;
  }
  if (view.problem !== undefined) return anew(step, `its inputs cannot be evaluated: ${view.problem}`);
  if (isUnopened && !isNamedInside(planning.selection, record.path))
    return decideUnopened(step, { ...site, record }, planning);
  return isChoosing(step)
    ? decisionFor(keepChoice(step, { ...site, record }, planning.selection), { ...site, record }, planning)
    : { decision: changeOf({ ...site, record }, planning), choice: undefined };
};

const NOT_YET = 'it has not run yet';
const ITS_STEPS_DECIDE: OwnDecision = { decision: undefined, choice: undefined };

const failedOnStart = (path: string, { fallbacks }: Planning['last']): boolean =>
  (fallbacks.get(pathBelow(path, 'on_started'))?.status ?? 'succeeded') !== 'succeeded';

/** Decides a container whose `on_started` failed, which was tolerated: none of its steps says whether it is what it was. */
const decideUnopened = (
  step: ContainerStep,
  { record, fingerprint, base }: RecordedContainer,
  { selection }: Planning,
): OwnDecision => {
  const before = selection.acceptChanges ? undefined : record.fingerprint;
  const changed = record.since < base.since ? RAN_AFTER : before && changeBetween(before, fingerprint);
  return changed === undefined
    ? { decision: { do: 'restore', because: keptBecause(record) }, choice: undefined }
    : anew(step, changed);
};

/** Whether a container whose failure at its start was tolerated would fail there again. */
const failsToBegin = (step: ContainerStep, { view, ...site }: ContainerSite, planning: Planning): boolean =>
  view.problem !== undefined || !conditionOf(step, site, planning).ok || !canChoose(step, view);

const canChoose = (step: ContainerStep, { live }: ContainerView): boolean => {
  switch (step.kind) {
    case 'group':
    case 'parallel':
      return true;
    case 'branch':
    case 'switch':
      return chooseArm(step, live).ok;
    case 'loop':
      return step.asks === 'after' || conditionHolds(step.condition, live).ok;
    case 'fan-out':
      return evaluateItems(step, live).ok;
    case 'pipeline':
      return callInputs(step, live).ok;
  }
};

type RecordedContainer = ContainerSite & { readonly record: StepRecord };

const decisionFor = (choice: KeptChoice, site: RecordedContainer, planning: Planning): OwnDecision =>
  choice.kind === 'kept'
    ? { decision: changeOf(site, planning), choice }
    : { decision: { do: 'run', because: choice.because }, choice };

const changeOf = ({ record, fingerprint }: RecordedContainer, { selection }: Planning): Decision | undefined => {
  const before = reliedOn(record)?.fingerprint?.definition;
  if (before === undefined || before === fingerprint.definition) return undefined;
  return selection.acceptChanges || isAround(selection, record.path)
    ? undefined
    : { do: 'run', because: 'its definition changed' };
};

type Closing = { readonly children: readonly { readonly decision: Decision }[]; readonly base: ListBase };

/** Decides a container once its steps are decided; one that only has to be closed leaves what comes after it valid. */
export const decideClosing = (record: StepRecord | undefined, { children, base }: Closing): Decision => {
  if (children.some(({ decision }) => runsForReal(decision))) return { do: 'run', because: 'a step in it runs' };
  if (record === undefined || record.status === 'running') {
    return { do: 'run', because: 'its end was not recorded', refresh: true };
  }
  if (!isDone(record, base)) {
    return { do: 'run', because: lastTime(record), ...(record.lastFinish !== undefined && { refresh: true }) };
  }
  return { do: 'restore', because: keptBecause(record) };
};
