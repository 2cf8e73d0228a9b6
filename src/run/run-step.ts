import { isContainer, type Step } from '../language/pipeline.js';
import { runContainer } from './run-container.js';
import type { Ending, RunContext, RunList, StepStart } from './run-context.js';
import { runProcessStep } from './run-process-step.js';

/** Runs one step of whatever kind; its needs have settled and nothing holds it back. */
export const runStep = (
  step: Step,
  start: StepStart,
  means: { readonly context: RunContext; readonly runList: RunList },
): Promise<Ending> =>
  isContainer(step) ? runContainer(step, start, means) : runProcessStep(step, start, means.context);
