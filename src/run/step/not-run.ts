import { isContainer, type Step, stepPath } from '../../language/model/pipeline.js';
import { recordedIdentity, containerFingerprint } from '../../evaluate/fingerprint.js';
import { childrenOf } from '../../evaluate/inner-list.js';
import type { Decision } from '../../plan/plan.js';
import { recordedLayer } from '../../evaluate/recorded-source.js';
import type { Status, Fingerprint } from '../../state/event.js';
import { reliedOn, type StepRecord } from '../../state/run-state.js';
import type { Ending, RunContext, StepStart } from '../context/run-context.js';
import { NO_LAYERS } from '../context/ending.js';
import type { HeldBack } from './hold.js';
import { stepName, resolveStep, startStep } from './begun-step.js';

/** Whether a decision keeps a step's recorded result. */
export const isKept = (decision: Decision): boolean => decision.do === 'restore' || decision.do === 'leave';

/** Settles a kept step with the result that an earlier attempt recorded. */
export const keepStep = (step: Step, path: string, { decision, context }: Keeping): Ending => {
  const { record: recordOf } = context.live;
  const record = recordOf(path);
  const isRestored = decision.do === 'restore';
  if (isRestored) emitRestored(step, path, { decision, context });
  return {
    status: isRestored ? keptStatus(record?.status) : 'succeeded',
    tolerated: record?.tolerated ?? false,
    ...(record?.error !== undefined && { error: record.error, failedPath: path }),
    identity: recordedIdentity(step, path, recordOf),
    layers: keptLayers(step, path, context),
  };
};

/** A step's exports as an earlier attempt recorded them. */
export const keptLayers = (step: Step, path: string, { live }: RunContext): Ending['layers'] => ({
  live: recordedLayer(step, path, (each) => withoutWithheld(reliedOn(live.record(each)))),
  recorded: recordedLayer(step, path, live.record),
});

type Keeping = { readonly decision: Decision; readonly context: RunContext };

const emitRestored = (step: Step, path: string, keeping: Keeping): void => {
  const { decision, context } = keeping;
  context.recorder.emit({ type: 'step_restored', step: path, because: decision.because });
  for (const child of isContainer(step) ? childrenOf(step, path, context.live.record) : []) {
    if ((context.live.record(child.path)?.status ?? 'skipped') !== 'skipped')
      emitRestored(child.step, child.path, keeping);
  }
};

const keptStatus = (status: Status | 'running' | undefined): Status =>
  status === undefined || status === 'running' ? 'succeeded' : status;

/** Drops the placeholders of values that were not stored: they only serve fingerprints. */
const withoutWithheld = (record: StepRecord | undefined): StepRecord | undefined => {
  if (record?.exports?.withheld === undefined) return record;
  const { env, path } = record.exports;
  return { ...record, exports: { env, path } };
};

/** Records that a step was held back. */
export const skipStep = (
  step: Step,
  { site, scopes }: StepStart,
  { held, context }: { readonly held: HeldBack; readonly context: RunContext },
): Ending => {
  const path = stepPath(site.list.path, step);
  const name = stepName(step, scopes.live);
  const byOther = held.by === 'condition' ? {} : { held: true as const };
  context.recorder.emit({ type: 'step_skipped', step: path, name, because: held.because, ...byOther });
  return {
    status: 'skipped',
    tolerated: false,
    ...byOther,
    ...(held.by === 'stop' && { cause: held.cause }),
    identity: recordedIdentity(step, path, context.live.record),
    layers: keptLayers(step, path, context),
  };
};

/** Why a step could not start. */
export type StartFailure = {
  readonly status: 'failed' | 'errored';
  readonly error: string;
  readonly context: RunContext;
};

/** Records that a step failed before any part of it could run. */
export const failBeforeStart = (
  step: Step,
  { site, scopes, decision }: StepStart,
  { status, error, context }: StartFailure,
): Ending => {
  const path = stepPath(site.list.path, step);
  const fingerprint = isContainer(step)
    ? containerFingerprint(step, { env: '', values: site.values, needs: site.needs })
    : UNKNOWN_FINGERPRINT;
  startStep(step, { decision, scopes }, { path, fingerprint, context });
  const resolution = { status, tolerated: step.continueOnError, error };
  resolveStep(path, { ...resolution, produced: { duration_ms: 0 } }, context.recorder);
  const identity = recordedIdentity(step, path, context.live.record);
  return { ...resolution, failedPath: path, identity, layers: NO_LAYERS };
};

const UNKNOWN_FINGERPRINT: Fingerprint = { definition: '', directory: '', env: '', values: '', reads: '', needs: '' };
