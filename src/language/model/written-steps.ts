import { calledBy, listsIn, type Pipeline, type Step } from './pipeline.js';

/** Every step written in a pipeline's file, at any depth, including fallbacks, but not the steps of files it calls. */
export function* writtenSteps({ steps, fallbacks }: Pick<Pipeline, 'steps' | 'fallbacks'>): Generator<Step> {
  for (const list of [steps, ...Object.values(fallbacks)]) yield* stepsOf(list);
}

/** Every pipeline that a pipeline calls, at any depth; each once, in the order they are found. */
export const calledPipelines = (pipeline: Pipeline): readonly Pipeline[] => {
  // Iterating a set also visits entries added meanwhile.
  const met = new Set([pipeline]);
  for (const each of met) {
    for (const step of writtenSteps(each)) {
      const called = calledBy(step);
      if (called !== undefined) met.add(called);
    }
  }
  return [...met].slice(1);
};

function* stepsOf(list: readonly Step[]): Generator<Step> {
  for (const step of list) {
    yield step;
    for (const inner of listsIn(step)) yield* stepsOf(inner);
  }
}
