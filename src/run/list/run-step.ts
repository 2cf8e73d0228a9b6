import { isContainer, stepPath, type Step } from '../../language/model/pipeline.js';
import type { Begun, Worked } from '../step/begun-step.js';
import { failedInstead } from '../step/begun-step.js';
import { fireAtEnd, runWithFallbacks } from '../fallback/fire-fallbacks.js';
import { beginContainer } from '../container/run-container.js';
import type { Ending, FallbackOwner, StepSite, Engine, StepStart } from '../context/run-context.js';
import { beginProcessStep } from '../step/run-process-step.js';
import { declaredFallbacks } from '../../evaluate/kinds/kinds.js';

/** The engine for one step. */
export type StepEngine = Engine & {
  /** Called with the step's ending, before its closing fallbacks fire. */
  readonly onEnded: (ending: Ending) => void;
};

/** Runs one step of any kind with its fallbacks, once its needs have settled and nothing holds it back. */
export const runStep = async (step: Step, start: StepStart, engine: StepEngine): Promise<Ending> => {
  const { site, claimed } = start;
  const begun = await beginStep(step, start, engine);
  if ('ended' in begun) {
    await endUnbegun(step, { ...start, ending: begun.ended }, engine);
    return begun.ended;
  }
  const settle = async (worked: Worked): Promise<Ending> => {
    const ending = await begun.settle(worked);
    engine.onEnded(ending);
    await keepSuccess(step, { ...start, ending }, engine);
    return ending;
  };
  const life = { work: begun.work, instead: failedInstead, settle, claimed };
  return runWithFallbacks(ownerOf(step, site), life, engine);
};

/** Reports the ending of a step that failed before it could begin, and fires its closing fallbacks. */
export const endUnbegun = (step: Step, { site, claimed, ending }: Ended, engine: StepEngine): Promise<void> => {
  engine.onEnded(ending);
  claimed.pause();
  return fireAtEnd(ownerOf(step, site), ending, engine);
};

const ownerOf = (step: Step, site: StepSite): FallbackOwner => ({
  path: stepPath(site.list.path, step),
  fallbacks: step.fallbacks,
  site,
});

const beginStep = async (step: Step, start: StepStart, engine: Engine): Promise<Begun> =>
  isContainer(step) ? beginContainer(step, start, engine) : beginProcessStep(step, start, engine.context);

type Ended = StepStart & { readonly ending: Ending };

/** A container takes no checkpoint itself, except to save the workspace changes of its `on_success`. */
const keepSuccess = async (step: Step, { site, ending }: Ended, { context }: Engine): Promise<void> => {
  const hasLeft = isContainer(step) && declaredFallbacks(step).includes('on_success');
  if (!hasLeft || site.isFallback || ending.status !== 'succeeded') return;
  const path = stepPath(site.list.path, step);
  await context.ports.checkpoints?.stepEnded({ path, isDone: true }, context.recorder.state());
};
