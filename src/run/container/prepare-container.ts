import { ok } from '../../base/result.js';
import type { ContainerStep, Step } from '../../language/model/pipeline.js';
import { listScope } from '../../evaluate/step-context.js';
import type { OpenContainer, Prepared } from './container-work.js';
import { prepareBranch } from './run-branch.js';
import { prepareCall } from './run-call.js';
import type { ListPlace, Means } from '../context/run-context.js';
import { prepareFanOut } from './run-fan-out.js';
import { prepareLoop } from './run-loop.js';

/** Evaluates what decides which steps a container runs, before it starts. */
export const prepareContainer = (step: ContainerStep, open: OpenContainer, means: Means): Prepared => {
  switch (step.kind) {
    case 'group':
    case 'parallel':
      return prepareGroup(step, open, means);
    case 'branch':
    case 'switch':
      return prepareBranch(step, open, means);
    case 'loop':
      return prepareLoop(step, open, means);
    case 'fan-out':
      return prepareFanOut(step, open, means);
    case 'pipeline':
      return prepareCall(step, open, means);
  }
};

const prepareGroup = (
  { steps, outputs }: ContainerStep & { readonly steps: readonly Step[] },
  { path, place }: OpenContainer,
  { context, runList }: Means,
): Prepared => {
  const inner: ListPlace = { ...place, list: listScope(path, steps, place.list) };
  return ok({
    values: place.values,
    keepsChoice: false,
    outputs,
    run: async (scope) => ({ ...(await runList({ ...inner, scope }, context)), place: inner }),
  });
};
