import type { Step } from '../language/pipeline.js';
import type { Fingerprint } from '../state/event.js';
import type { RunContext, StepStart } from './run-context.js';
import { stepName } from './step-name.js';

/** A step as it starts. */
export type Starting = { readonly path: string; readonly fingerprint: Fingerprint; readonly context: RunContext };

/** Records that a step has started, and why. */
export const startStep = (
  step: Step,
  { decision, scopes }: Pick<StepStart, 'decision' | 'scopes'>,
  { path, fingerprint, context }: Starting,
): void => {
  context.recorder.emit({
    type: 'step_started',
    step: path,
    kind: step.kind,
    name: stepName(step, scopes.live),
    because: decision.because,
    fingerprint,
    ...('refresh' in decision && { refresh: true }),
  });
};
