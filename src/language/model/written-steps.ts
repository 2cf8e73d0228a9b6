import { calledBy, listsIn, type Pipeline, type Step } from './pipeline.js';

/** Every step that is written in the file of a pipeline, at any depth, in fallbacks too; not those of files it calls. */
export function* writtenSteps({ steps, fallbacks }: Pick<Pipeline, 'steps' | 'fallbacks'>): Generator<Step> {
  for (const list of [steps, ...Object.values(fallbacks)]) yield* stepsOf(list);
}

/** Every pipeline that a pipeline calls, at any depth: each once, in the order in which they are met. */
export const calledPipelines = (pipeline: Pipeline): readonly Pipeline[] => {
  // A set may grow while it is walked, and then goes on with what is new.
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
