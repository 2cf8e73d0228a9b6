import { ok, type Result } from '../base/result.js';
import { stepPath, type ProcessStep } from '../language/model/pipeline.js';
import { reliedOn, type StepRecord } from '../state/run-state.js';
import { conditionOf, decideSkipped, type RecordedSite } from './decide-skipped.js';
import { changeBetween, identityOf, isKnown, processFingerprint, SKIPPED_IDENTITY } from '../evaluate/fingerprint.js';
import { isDone, keptBecause, lastTime, RAN_AFTER } from './finished.js';
import type { Decision } from './plan.js';
import type { Planning, PlanSite } from './planning.js';
import { forcedReason } from './selection.js';
import { scopesAt } from '../evaluate/context/site.js';
import { evaluateInputs, type StepInputs } from '../evaluate/context/step-inputs.js';

/** A decision, and the identity of the step for the fingerprints of later steps. */
type Decided = { readonly decision: Decision; readonly identity: string };

/** Decides a process step: kept only if it finished, nothing about it changed, and the files it writes exist. */
export const decideProcessStep = async (step: ProcessStep, site: PlanSite, planning: Planning): Promise<Decided> => {
  const path = stepPath(site.list.path, step);
  const record = planning.last.steps.get(path);
  const forced = forcedReason(planning.selection, path) ?? site.stale;
  if (forced !== undefined) return run(forced);
  if (record === undefined) return run('it has not run yet');
  const recorded = { ...site, record };
  const skipped = record.status === 'skipped' ? decideSkipped(step, recorded, planning) : undefined;
  if (skipped?.do === 'skip') return { decision: skipped, identity: identityFrom(record) };
  if (isDone(record, site)) return decideDone(step, recorded, planning);
  return decideUndone(step, { ...recorded, because: skipped?.because ?? lastTime(record) }, planning);
};

const run = (because: string): Decided => ({ decision: { do: 'run', because }, identity: '' });

/** Keeps the step if it is unchanged and the files it writes exist. */
const decideDone = async (step: ProcessStep, site: RecordedSite, planning: Planning): Promise<Decided> => {
  const inputs = evaluateAt(step, site, planning);
  const changed =
    site.record.mustRerun ??
    (await changeOf(step, { ...site, inputs }, planning)) ??
    (await missingOf(inputs, planning));
  return changed === undefined
    ? { decision: { do: 'restore', because: keptBecause(site.record) }, identity: identityFrom(site.record) }
    : run(changed);
};

type UndoneSite = RecordedSite & { readonly because: string };

/** Runs the step. If only its refresh did not finish and it is unchanged, later steps stay valid. */
const decideUndone = async (
  step: ProcessStep,
  { because, record, ...site }: UndoneSite,
  planning: Planning,
): Promise<Decided> => {
  if (record.lastFinish === undefined) return run(because);
  const before = { ...site, record: record.lastFinish };
  const changed = await changeOf(step, { ...before, inputs: evaluateAt(step, site, planning) }, planning);
  return changed === undefined
    ? { decision: { do: 'run', because, refresh: true }, identity: identityFrom(record) }
    : run(changed);
};

const identityFrom = (record: StepRecord): string => {
  const fingerprint = reliedOn(record)?.fingerprint;
  return isKnown(fingerprint) ? identityOf(fingerprint) : SKIPPED_IDENTITY;
};

const evaluateAt = (step: ProcessStep, site: PlanSite, { sources }: Planning): Result<StepInputs> =>
  evaluateInputs(step, scopesAt(site, { step }, sources).recorded);

type EvaluatedSite = RecordedSite & { readonly inputs: Result<StepInputs> };

/** The change that invalidates a finished step; undefined if there is none. */
const changeOf = async (
  step: ProcessStep,
  { inputs, record, ...site }: EvaluatedSite,
  planning: Planning,
): Promise<string | undefined> => {
  if (record.since < site.since) return RAN_AFTER;
  const reads = await readsOf(inputs, planning);
  if (!isKnown(record.fingerprint)) {
    const fails = !reads.ok || !conditionOf(step, site, planning).ok;
    return fails ? undefined : 'it could not start last time';
  }
  if (!inputs.ok) return `its inputs cannot be evaluated: ${inputs.error}`;
  if (!reads.ok) return `what it reads cannot be read: ${reads.error}`;
  if (planning.selection.acceptChanges) return undefined;
  const { env, values, needs } = site;
  return changeBetween(
    record.fingerprint,
    processFingerprint(step, inputs.value, { env, values, needs, reads: reads.value }),
  );
};

const readsOf = async (inputs: Result<StepInputs>, { files }: Planning): Promise<Result<string>> => {
  if (!inputs.ok) return inputs;
  return inputs.value.reads.length === 0 ? ok('') : files.digest(inputs.value.reads);
};

const missingOf = async (inputs: Result<StepInputs>, { files }: Planning): Promise<string | undefined> => {
  if (!inputs.ok || inputs.value.writes.length === 0) return undefined;
  const missing = await files.firstMissing(inputs.value.writes);
  if (!missing.ok) return `what it writes cannot be checked: ${missing.error}`;
  return missing.value === undefined ? undefined : `what it writes is gone: ${missing.value}`;
};
