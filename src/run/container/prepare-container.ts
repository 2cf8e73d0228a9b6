import { err, ok } from '../../base/result.js';
import type { CallStep, ContainerStep, GroupStep, ParallelStep } from '../../language/model/pipeline.js';
import { fails, listSite, type Prepare } from './container-work.js';
import { prepareBranch } from './run-branch.js';
import { prepareFanOut } from './run-fan-out.js';
import { prepareLoop } from './run-loop.js';

/** Decides which steps a container runs, before it starts. */
export const prepareContainer: Prepare<ContainerStep> = (step, open, engine) =>
  // Each entry takes steps of its own kind; the compiler cannot follow the union through the lookup.
  (PREPARE[step.kind] as Prepare<ContainerStep>)(step, open, engine);

const prepareGroup: Prepare<GroupStep | ParallelStep> = (step, open, { context, runList }) => {
  const inner = listSite(step, open, { context });
  return ok({
    keepsChoice: false,
    outputs: step.outputs,
    run: async (scope) => ({ ...(await runList({ ...inner, scope }, context)), site: inner }),
  });
};

const prepareCall: Prepare<CallStep> = (step, open, { context, runList }) => {
  const { called } = step;
  const inner = listSite(step, open, { context });
  const folders = called.directories.map((folder) => `${inner.workDir}/${folder}`);
  const made = context.files.makeFolders([inner.workDir, ...folders]);
  if (!made.ok) return err({ ...fails(`its work directory cannot be made: ${made.error}`), status: 'errored' });
  return ok({
    keepsChoice: false,
    outputs: called.outputs,
    run: async (scope) => ({ ...(await runList({ ...inner, scope }, context)), site: inner }),
  });
};

const PREPARE: { readonly [K in ContainerStep['kind']]: Prepare<Extract<ContainerStep, { readonly kind: K }>> } = {
  group: prepareGroup,
  parallel: prepareGroup,
  branch: prepareBranch,
  switch: prepareBranch,
  loop: prepareLoop,
  'fan-out': prepareFanOut,
  pipeline: prepareCall,
};
