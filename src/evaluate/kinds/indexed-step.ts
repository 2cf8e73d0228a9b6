import {
  NO_FALLBACKS,
  type FanOutStep,
  type GroupStep,
  type LoopStep,
  type Step,
} from '../../language/model/pipeline.js';

/** One iteration or item of a step, as a group. */
export const indexedGroup = (step: LoopStep | FanOutStep, index: number, steps: readonly Step[]): GroupStep => ({
  kind: 'group',
  id: indexedId(step, index),
  name: step.name,
  line: step.line,
  needs: [],
  env: {},
  continueOnError: false,
  onResume: 'skip',
  reads: [],
  writes: [],
  expect: [],
  fallbacks: NO_FALLBACKS,
  outputs: {},
  steps,
});

/** The id of an iteration or item, which is its last segment in paths: `build[2]`. */
export const indexedId = ({ id }: Step, index: number): string => `${id}[${String(index)}]`;

/** The path of the list that holds the step with this path. */
export const parentPath = (path: string, { id }: Step): string =>
  path.slice(0, Math.max(0, path.length - id.length - 1));
