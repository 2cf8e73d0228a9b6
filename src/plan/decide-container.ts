import type { Result } from '../base/result.js';
import { stepPath, type ContainerStep } from '../language/pipeline.js';
import type { Fingerprint } from '../state/event.js';
import { reliedOn, type StepRecord } from '../state/run-state.js';
import { conditionOf, decideSkipped } from './decide-skipped.js';
import { withLayer } from './export-frame.js';
import { containerFingerprint, envDigest, neverBegan } from './fingerprint.js';
import { isDone, keptBecause, lastTime } from './finished.js';
import { runsForReal, type Decision } from './plan.js';
import { viewOf, type ListBase, type Planning, type PlanPlace } from './planning.js';
import { forcedReason } from './selection.js';
import { scopeAt } from './step-context.js';
import { evaluateEnv } from './step-inputs.js';

/** What can be said of a container before its steps are planned, and what they take over from it. */
export type ContainerStart = {
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
  const forced = forcedReason(planning.selection, path) ?? base.stale;
  const decided =
    forced === undefined ? ownDecision(step, { ...place, record, fingerprint, env }, planning) : undefined;
  return {
    decision: forced === undefined ? decided : { do: 'run', because: forced },
    fingerprint: reliedOn(record)?.fingerprint ?? fingerprint,
    inner: {
      env: digest,
      needs: base.needs,
      frame: withLayer(base.frame, { env: values, path: [] }),
      since: base.since,
      stale: forced ?? (env.ok ? undefined : decided?.because),
      tolerated: base.tolerated || (record?.tolerated ?? false),
    },
  };
};

type ContainerPlace = PlanPlace & {
  readonly record: StepRecord | undefined;
  readonly fingerprint: Fingerprint;
  readonly env: Result<unknown>;
};

const ownDecision = (
  step: ContainerStep,
  { record, fingerprint, env, ...place }: ContainerPlace,
  planning: Planning,
): Decision | undefined => {
  if (record === undefined) return undefined;
  const skipped = record.status === 'skipped' ? decideSkipped(step, { ...place, record }, planning) : undefined;
  if (skipped?.do === 'skip' || (skipped !== undefined && record.basis === undefined)) return skipped;
  if (record.tolerated && neverBegan(step, record.path, planning.live.record)) {
    const fails = !env.ok || !conditionOf(step, place, planning).ok;
    return fails ? { do: 'restore', because: keptBecause(record) } : undefined;
  }
  if (!env.ok) return { do: 'run', because: `its inputs cannot be evaluated: ${env.error}` };
  const before = reliedOn(record)?.fingerprint?.definition;
  const changed = before !== undefined && before !== fingerprint.definition;
  return changed && !planning.selection.acceptChanges ? { do: 'run', because: 'its definition changed' } : undefined;
};

type Closing = { readonly children: readonly { readonly decision: Decision }[]; readonly base: ListBase };

/** Decides a container once its steps are decided; one that only has to be closed leaves what comes after it valid. */
export const decideClosing = (record: StepRecord | undefined, { children, base }: Closing): Decision => {
  if (children.some(({ decision }) => runsForReal(decision))) return { do: 'run', because: 'a step in it runs' };
  if (record === undefined || record.status === 'running') {
    return { do: 'run', because: 'its end was not recorded', refresh: true };
  }
  if (!isDone(record, base)) {
    return { do: 'run', because: lastTime(record), ...(record.basis !== undefined && { refresh: true }) };
  }
  return { do: 'restore', because: keptBecause(record) };
};
