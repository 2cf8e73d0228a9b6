import { ok } from '../../base/result.js';
import type { ContainerStep, Step } from '../../language/model/pipeline.js';
import { listScope } from '../../evaluate/step-context.js';
import type { OpenContainer, Prepared } from './container-work.js';
import { prepareBranch } from './run-branch.js';
import { prepareCall } from './run-call.js';
import type { StepSite, Engine } from '../context/run-context.js';
import { prepareFanOut } from './run-fan-out.js';
import { prepareLoop } from './run-loop.js';

/** Evaluates what decides which steps a container runs, before it starts. */
export const prepareContainer = (step: ContainerStep, open: OpenContainer, engine: Engine): Prepared => {
  switch (step.kind) {
    case 'group':
    case 'parallel':
      return prepareGroup(step, open, engine);
    case 'branch':
    case 'switch':
      return prepareBranch(step, open, engine);
    case 'loop':
      return prepareLoop(step, open, engine);
    case 'fan-out':
      return prepareFanOut(step, open, engine);
    case 'pipeline':
      return prepareCall(step, open, engine);
  }
};

const prepareGroup = (
  { steps, outputs }: ContainerStep & { readonly steps: readonly Step[] },
  { path, site }: OpenContainer,
  { context, runList }: Engine,
): Prepared => {
  const inner: StepSite = { ...site, list: listScope(path, steps, site.list) };
  return ok({
    values: site.values,
    keepsChoice: false,
    outputs,
    run: async (scope) => ({ ...(await runList({ ...inner, scope }, context)), site: inner }),
  });
};
