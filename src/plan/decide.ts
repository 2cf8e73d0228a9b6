import { evaluateCondition } from '../expressions/evaluate.js';
import { stepPath, type ContainerStep, type ProcessStep, type Step } from '../language/pipeline.js';
import type { Fingerprint } from '../state/event.js';
import type { StepRecord } from '../state/run-state.js';
import { isCompleted } from '../state/state-file.js';
import { withLayer } from './export-frame.js';
import {
  changeBetween,
  containerFingerprint,
  envDigest,
  identityOf,
  processFingerprint,
  SKIPPED_IDENTITY,
} from './fingerprint.js';
import type { Decision } from './plan.js';
import { viewOf, type ListBase, type Planning, type PlanPlace } from './planning.js';
import { forcedReason } from './selection.js';
import { scopeAt } from './step-context.js';
import { evaluateEnv, evaluateInputs, type StepInputs } from './step-inputs.js';

/** A decision, and what stands for the step in the fingerprints after it. */
type Decided = { readonly decision: Decision; readonly identity: string };

/** Decides a step that starts processes: kept only if it finished, nothing about it changed, and its files are there. */
export const decideProcessStep = async (step: ProcessStep, place: PlanPlace, planning: Planning): Promise<Decided> => {
  const path = stepPath(place.list.path, step);
  const record = planning.last.steps.get(path);
  const forced = forcedReason(planning.selection, path) ?? place.base.stale;
  if (forced !== undefined) return run(forced);
  if (record === undefined) return run('it has not run yet');
  if (record.status === 'skipped') return decideSkipped(step, { ...place, record }, planning);
  if (!isDone(record, place.base)) return run(lastTime(record));
  if (record.since < place.base.since) return run('something it needs ran again after it');
  const inputs = evaluateInputs(step, scopeAt(viewOf(place.list, place.base.frame, step), planning.source));
  if (!inputs.ok) return run(`its inputs cannot be evaluated: ${inputs.error}`);
  return decideFinished(step, { place, record, inputs: inputs.value }, planning);
};

type Finished = { readonly place: PlanPlace; readonly record: StepRecord; readonly inputs: StepInputs };

const decideFinished = async (step: ProcessStep, finished: Finished, planning: Planning): Promise<Decided> => {
  const { place, record, inputs } = finished;
  const reads = inputs.reads.length === 0 ? '' : await planning.files.digest(inputs.reads);
  if (typeof reads !== 'string' && !reads.ok) return run(`what it reads cannot be read: ${reads.error}`);
  const now = processFingerprint(step, inputs, {
    env: place.base.env,
    needs: place.base.needs,
    reads: typeof reads === 'string' ? reads : reads.value,
  });
  const changed = changedSince(record.fingerprint, now, planning);
  if (changed !== undefined) return run(changed);
  const missing = inputs.writes.length === 0 ? undefined : await planning.files.firstMissing(inputs.writes);
  if (missing !== undefined && !missing.ok) return run(`what it writes cannot be checked: ${missing.error}`);
  if (missing?.value !== undefined) return run(`what it writes is gone: ${missing.value}`);
  return { decision: { do: 'restore', because: keptBecause(record) }, identity: identityOf(record.fingerprint ?? now) };
};

const run = (because: string): Decided => ({ decision: { do: 'run', because }, identity: '' });

const isDone = (record: StepRecord, base: ListBase): boolean =>
  isCompleted(record) || (base.tolerated && record.status !== 'running');

const changedSince = (
  before: Fingerprint | undefined,
  now: Fingerprint,
  { selection }: Planning,
): string | undefined => (selection.acceptChanges || before === undefined ? undefined : changeBetween(before, now));

const keptBecause = (record: StepRecord): string =>
  record.status === 'succeeded'
    ? `finished in attempt ${String(record.runAttempt)}`
    : `its failure in attempt ${String(record.runAttempt)} was tolerated`;

const lastTime = ({ status }: StepRecord): string => {
  switch (status) {
    case 'running':
      return 'it was interrupted';
    case 'timed_out':
      return 'it timed out last time';
    case 'errored':
      return 'it could not run last time';
    case 'aborted':
      return 'it was aborted last time';
    case 'waiting':
      return 'it was waiting';
    case 'failed':
    case 'skipped':
    case 'succeeded':
      return `it ${status} last time`;
  }
};

type SkippedPlace = PlanPlace & { readonly record: StepRecord };

/** A step that was skipped is looked at anew: nothing upstream has failed now. */
const decideSkipped = (step: Step, { list, base, record }: SkippedPlace, planning: Planning): Decided => {
  if (base.tolerated) return { decision: { do: 'skip', because: record.because }, identity: SKIPPED_IDENTITY };
  if (step.if === undefined) return run('nothing holds it back any more');
  const held = evaluateCondition(step.if, scopeAt(viewOf(list, base.frame, step), planning.source));
  if (!held.ok || held.value) return run('its condition is to be looked at again');
  return { decision: { do: 'skip', because: record.because }, identity: SKIPPED_IDENTITY };
};

/** What can be said of a container before its steps are planned, and what they take over from it. */
type ContainerStart = {
  /** Undefined: its steps decide. */
  readonly decision: Decision | undefined;
  readonly inner: ListBase;
  readonly fingerprint: Fingerprint;
};

/** Decides a container as far as it goes by itself. */
export const decideContainer = (step: ContainerStep, place: PlanPlace, planning: Planning): ContainerStart => {
  const path = stepPath(place.list.path, step);
  const record = planning.last.steps.get(path);
  const { base } = place;
  const env = evaluateEnv(step.env, scopeAt(viewOf(place.list, base.frame, step), planning.source));
  const values = env.ok ? env.value : {};
  const digest = envDigest(base.env, values);
  const fingerprint = containerFingerprint(step, { env: digest, needs: base.needs });
  const whole = wholeReason(record, fingerprint, { path, place, planning });
  const skipped = record?.status === 'skipped' && whole === undefined;
  const looked = skipped ? decideSkipped(step, { ...place, record }, planning).decision : undefined;
  return {
    decision: whole === undefined ? looked : { do: 'run', because: whole },
    fingerprint,
    inner: {
      env: digest,
      needs: base.needs,
      frame: withLayer(base.frame, { env: values, path: [] }),
      since: base.since,
      stale: whole,
      tolerated: base.tolerated || (record?.tolerated ?? false),
    },
  };
};

type WholePlace = { readonly path: string; readonly place: PlanPlace; readonly planning: Planning };

/** Why a container and everything in it runs again; undefined when its steps are looked at one by one. */
const wholeReason = (
  record: StepRecord | undefined,
  fingerprint: Fingerprint,
  { path, place, planning }: WholePlace,
): string | undefined => {
  const forced = forcedReason(planning.selection, path) ?? place.base.stale;
  if (forced !== undefined) return forced;
  if (record?.fingerprint === undefined || record.fingerprint.definition === fingerprint.definition) return undefined;
  return planning.selection.acceptChanges ? undefined : 'its definition changed';
};
