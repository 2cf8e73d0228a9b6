import { calledFilePath, isContainer, stepPath, type CallStep, type Step } from '../../language/model/pipeline.js';
import type { Begun, BegunStep, Worked } from '../step/begun-step.js';
import { failedInstead } from '../step/begun-step.js';
import { fireAtEnd, liveWithFallbacks } from '../fallback/fire-fallbacks.js';
import { beginContainer } from '../container/run-container.js';
import type { Ending, FallbackOwner, ListPlace, Means, StepStart } from '../context/run-context.js';
import { beginProcessStep } from '../step/run-process-step.js';
import { NOTHING_CLAIMED } from '../context/slots.js';

/** What it takes to run a step. */
export type StepMeans = Means & {
  /** Hears how the step ended before the fallbacks that follow its end fire. */
  readonly onEnded: (ending: Ending) => void;
};

/** Runs one step of whatever kind with its fallbacks; its needs have settled and nothing holds it back. */
export const runStep = async (step: Step, start: StepStart, means: StepMeans): Promise<Ending> => {
  const { place, claimed } = start;
  const begun = await beginStep(step, start, means);
  if ('ended' in begun) {
    await endUnbegun(step, { ...start, ending: begun.ended }, means);
    return begun.ended;
  }
  const settle = async (worked: Worked): Promise<Ending> => {
    const ending = await begun.settle(worked);
    means.onEnded(ending);
    await keepSuccess(step, { ...start, ending }, means);
    return ending;
  };
  const work = step.kind === 'pipeline' ? fileWork(step, { begun, place }, means) : begun.work;
  return liveWithFallbacks(ownerOf(step, place), { work, instead: failedInstead, settle, claimed }, means);
};

/** Tells how a step ended that failed before it could begin, and fires what belongs to that. */
export const endUnbegun = (step: Step, { place, claimed, ending }: Ended, means: StepMeans): Promise<void> => {
  means.onEnded(ending);
  claimed.pause();
  return fireAtEnd(ownerOf(step, place), ending, means);
};

const ownerOf = (step: Step, place: ListPlace): FallbackOwner => ({
  path: stepPath(place.list.path, step),
  fallbacks: step.fallbacks,
  place,
});

const beginStep = async (step: Step, start: StepStart, means: Means): Promise<Begun> =>
  isContainer(step) ? beginContainer(step, start, means) : beginProcessStep(step, start, means.context);

type Calling = { readonly begun: BegunStep; readonly place: ListPlace };

/** The work of a call, within the fallbacks of the file that it calls. */
const fileWork = (
  step: CallStep,
  { begun: { inner, work }, place }: Calling,
  means: Means,
): (() => Promise<Worked>) => {
  if (inner === undefined) return work;
  const path = calledFilePath(stepPath(place.list.path, step));
  // The scope within the call is bounded by its time, and closed with its work.
  const owner = { path, fallbacks: step.called.fallbacks, place: { ...inner, scope: place.scope } };
  const settle = (worked: Worked): Promise<Worked> => Promise.resolve(worked);
  return () => liveWithFallbacks(owner, { work, instead: failedInstead, settle, claimed: NOTHING_CLAIMED }, means);
};

type Ended = StepStart & { readonly ending: Ending };

/** A container takes no checkpoint of its own, but what its `on_success` left is part of what it did. */
const keepSuccess = async (step: Step, { place, ending }: Ended, { context }: Means): Promise<void> => {
  const leaves = step.kind === 'pipeline' ? [step.fallbacks, step.called.fallbacks] : [step.fallbacks];
  const hasLeft = isContainer(step) && leaves.some(({ on_success }) => on_success !== undefined);
  if (!hasLeft || place.isFallback || ending.status !== 'succeeded') return;
  const path = stepPath(place.list.path, step);
  await context.ports.checkpoints?.stepEnded({ path, isDone: true }, context.recorder.state());
};
