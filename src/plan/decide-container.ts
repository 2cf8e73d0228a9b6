import { pathBelow, stepPath, type ContainerStep } from '../language/model/pipeline.js';
import type { Fingerprint } from '../state/event.js';
import { reliedOn, type StepRecord } from '../state/run-state.js';
import { enterContainer, type EnteredContainer } from '../evaluate/enter-container.js';
import { conditionOf, decideSkipped } from './decide-skipped.js';
import { changeBetween, containerFingerprint, neverBegan } from '../evaluate/fingerprint.js';
import { isDone, keptBecause, lastTime, RAN_AFTER } from './finished.js';
import { containerKind } from '../evaluate/kinds/kinds.js';
import { keepChoice, type KeptChoice } from './keep-choice.js';
import { runsForReal, type Decision } from './plan.js';
import type { Planning, PlanSite } from './planning.js';
import { forcedReason, isAround, isNamedInside } from './selection.js';

/** The decision on a container before its steps are planned, and the site of these steps. */
export type ContainerStart = {
  /** Undefined if it depends on the steps in it. */
  readonly decision: Decision | undefined;
  /** Undefined if the container has nothing to choose. */
  readonly choice: KeptChoice | undefined;
  /** The site of its list. */
  readonly inner: PlanSite;
  readonly fingerprint: Fingerprint;
};

/** Decides a container as far as possible without its steps. */
export const decideContainer = (step: ContainerStep, site: PlanSite, planning: Planning): ContainerStart => {
  const path = stepPath(site.list.path, step);
  const record = planning.last.steps.get(path);
  const entered = enterContainer(step, site, planning);
  const { env, needs } = entered.site;
  const fingerprint = containerFingerprint(step, { env, values: entered.values, needs });
  const forced = forcedReason(planning.selection, path) ?? site.stale;
  const { decision, choice } =
    forced === undefined
      ? ownDecision(step, { ...site, record, fingerprint, entered }, planning)
      : rechoose(step, forced);
  return {
    decision,
    choice,
    fingerprint: reliedOn(record)?.fingerprint ?? fingerprint,
    inner: {
      ...entered.inner,
      stale: forced ?? (entered.problems.recorded === undefined ? undefined : decision?.because),
      tolerated: site.tolerated || (record?.tolerated ?? false),
    },
  };
};

type OwnDecision = Pick<ContainerStart, 'decision' | 'choice'>;

const rechoose = (step: ContainerStep, because: string): OwnDecision => ({
  decision: { do: 'run', because },
  choice: isChoosing(step) ? { kind: 'rechosen', because } : undefined,
});

type ContainerSite = PlanSite & {
  readonly record: StepRecord | undefined;
  readonly fingerprint: Fingerprint;
  readonly entered: EnteredContainer<PlanSite>;
};

const ownDecision = (step: ContainerStep, site: ContainerSite, planning: Planning): OwnDecision => {
  const { record, entered } = site;
  if (record === undefined) return isChoosing(step) ? rechoose(step, NOT_YET) : ITS_STEPS_DECIDE;
  const skipped =
    record.status === 'skipped'
      ? decideSkipped(step, { ...site, record, own: entered.scopes.live }, planning)
      : undefined;
  if (skipped?.do === 'skip') return { decision: skipped, choice: undefined };
  if (skipped !== undefined && record.lastFinish === undefined) {
    if (!isChoosing(step)) return { decision: skipped, choice: undefined };
    if (record.choice === undefined) return rechoose(step, skipped.because);
  }
  const isUnopened = record.tolerated && failedOnStart(record.path, planning.last);
  if (record.tolerated && !isUnopened && neverBegan(step, record.path, planning.sources.live.record)) {
    if (failsToBegin(step, site, planning))
      return { decision: { do: 'restore', because: keptBecause(record) }, choice: undefined };
    return isChoosing(step) ? rechoose(step, 'it could not start last time') : ITS_STEPS_DECIDE;
  }
  if (entered.problems.recorded !== undefined)
    return rechoose(step, `its inputs cannot be evaluated: ${entered.problems.recorded}`);
  if (isUnopened && !isNamedInside(planning.selection, record.path))
    return decideUnopened(step, { ...site, record }, planning);
  return isChoosing(step)
    ? decisionFor(
        keepChoice(step, { ...site, record, scope: entered.scopes.live }, planning.selection),
        { ...site, record },
        planning,
      )
    : { decision: changeOf({ ...site, record }, planning), choice: undefined };
};

const NOT_YET = 'it has not run yet';
const ITS_STEPS_DECIDE: OwnDecision = { decision: undefined, choice: undefined };

const failedOnStart = (path: string, { fallbacks }: Planning['last']): boolean =>
  (fallbacks.get(pathBelow(path, 'on_started'))?.status ?? 'succeeded') !== 'succeeded';

/** Decides a container whose failed `on_started` was tolerated. None of its steps ran, so its fingerprint decides. */
const decideUnopened = (
  step: ContainerStep,
  { record, fingerprint, since }: RecordedContainer,
  { selection }: Planning,
): OwnDecision => {
  const before = selection.acceptChanges ? undefined : record.fingerprint;
  const changed = record.since < since ? RAN_AFTER : before && changeBetween(before, fingerprint);
  return changed === undefined
    ? { decision: { do: 'restore', because: keptBecause(record) }, choice: undefined }
    : rechoose(step, changed);
};

/** Whether a container that failed to start, which was tolerated, would fail to start again. */
const failsToBegin = (step: ContainerStep, { entered, ...site }: ContainerSite, planning: Planning): boolean => {
  const { problems, scopes } = entered;
  if (problems.live !== undefined || problems.recorded !== undefined) return true;
  const choosing = containerKind(step).choosing;
  return !conditionOf(step, site, planning).ok || choosing?.canChoose(step, scopes.live).ok === false;
};

const isChoosing = (step: ContainerStep): boolean => containerKind(step).choosing !== undefined;

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

type Closing = {
  readonly children: readonly { readonly decision: Decision }[];
  readonly site: Pick<PlanSite, 'tolerated'>;
};

/** Decides a container after its steps. If only its end has to be recorded, the steps after it stay valid. */
export const decideClosing = (record: StepRecord | undefined, { children, site }: Closing): Decision => {
  if (children.some(({ decision }) => runsForReal(decision))) return { do: 'run', because: 'a step in it runs' };
  if (record === undefined || record.status === 'running') {
    return { do: 'run', because: 'its end was not recorded', refresh: true };
  }
  if (!isDone(record, site)) {
    return { do: 'run', because: lastTime(record), ...(record.lastFinish !== undefined && { refresh: true }) };
  }
  return { do: 'restore', because: keptBecause(record) };
};
