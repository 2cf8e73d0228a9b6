import type { GroupStep, ParallelStep } from '../../language/model/pipeline.js';
import type { ContainerKind } from './container-kind.js';

/** `steps` and `parallel`: they run all their steps. */
export const groupKind: ContainerKind<GroupStep | ParallelStep> = {
  definition: ({ outputs }) => [outputs],
  list: ({ steps }, path) => ({ path, steps }),
};
