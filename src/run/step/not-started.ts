import { isContainer, stepPath, type Step } from '../../language/model/pipeline.js';
import { containerFingerprint, recordedIdentity } from '../../evaluate/fingerprint.js';
import type { Fingerprint } from '../../state/event.js';
import { NO_LAYERS } from '../context/ending.js';
import type { HeldBack } from './hold.js';
import { keptLayers } from './kept-step.js';
import { resolveStep } from './resolve-step.js';
import type { Ending, RunContext, StepStart } from '../context/run-context.js';
import { startStep } from './start-step.js';
import { stepName } from '../context/step-name.js';

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

/** What kept a step from starting. */
export type StartFailure = {
  readonly status: 'failed' | 'errored';
  readonly error: string;
  readonly context: RunContext;
};

/** Records that a step failed before anything of it could run. */
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
