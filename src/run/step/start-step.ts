import type { Step } from '../../language/model/pipeline.js';
import type { Fingerprint } from '../../state/event.js';
import { reliedOn } from '../../state/run-state.js';
import type { RunContext, StepStart } from '../context/run-context.js';
import { stepName } from '../context/step-name.js';

/** A step as it starts. */
export type Starting = {
  readonly path: string;
  readonly fingerprint: Fingerprint;
  /** What it chose in an earlier run attempt stands. */
  readonly keepsChoice?: boolean;
  readonly context: RunContext;
};

/** Records that a step has started, and why. */
export const startStep = (
  step: Step,
  { decision, scopes }: Pick<StepStart, 'decision' | 'scopes'>,
  { path, fingerprint, keepsChoice = false, context }: Starting,
): void => {
  const hasChosen = reliedOn(context.live.record(path))?.choice !== undefined;
  context.recorder.emit({
    type: 'step_started',
    step: path,
    kind: step.kind,
    name: stepName(step, scopes.live),
    because: decision.because,
    fingerprint,
    ...('refresh' in decision && { refresh: true }),
    ...(hasChosen && !keepsChoice && { rechoose: true }),
  });
};
