import { cutText } from '../../base/cut-text.js';
import { err, ok } from '../../base/result.js';
import type { Arm, BranchStep, SwitchStep } from '../../language/model/pipeline.js';
import { chooseArm, noArmBecause } from '../../evaluate/kinds/arms.js';
import { countProcesses } from '../../plan/plan.js';
import type { Engine, RunContext } from '../context/run-context.js';
import {
  fails,
  listSite,
  plannedChoice,
  rechosen,
  type ContainerWork,
  type OpenContainer,
  type Prepare,
} from './container-work.js';

/** Takes the arm of an earlier run attempt if the plan keeps it, else evaluates the expression. */
export const prepareBranch: Prepare<BranchStep | SwitchStep> = (step, open, engine) => {
  const planned = plannedChoice(open, engine.context);
  const kept = planned?.kind === 'arm' ? step.arms.find(({ name }) => name === planned.arm) : undefined;
  if (kept !== undefined) return ok({ ...workOf(step, kept, { ...engine, open }), keepsChoice: true });
  const chosen = chooseArm(step, open.scopes.live);
  if (!chosen.ok) return err(fails(chosen.error));
  const { arm, value } = chosen.value;
  if (arm === undefined) return err({ kind: 'skips', because: noArmBecause(step, shown(value, engine.context)) });
  const to_run = countProcesses(arm.steps);
  return ok({
    ...workOf(step, arm, { ...engine, open: rechosen(open) }),
    keepsChoice: false,
    tell: () => {
      engine.context.recorder.emit({ type: 'arm_chosen', step: open.path, arm: arm.name, to_run });
    },
  });
};

const workOf = (
  step: BranchStep | SwitchStep,
  arm: Arm,
  { open, context, runList }: Engine & { readonly open: OpenContainer },
): Pick<ContainerWork, 'outputs' | 'run'> => {
  const inner = listSite(step, open, { choice: { kind: 'arm', arm: arm.name }, context });
  return {
    outputs: step.outputs,
    run: async (scope) => ({ ...(await runList({ ...inner, scope }, context)), site: inner }),
  };
};

const SHOWN_CHARACTERS = 80;

/** Masked before it is truncated, so that no part of a secret is left. */
const shown = (value: string, { masker }: RunContext): string => cutText(masker.text(value), SHOWN_CHARACTERS);
