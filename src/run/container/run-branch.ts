import { cutText } from '../../base/cut-text.js';
import { err, ok } from '../../base/result.js';
import { pathBelow, type Arm, type BranchStep, type SwitchStep } from '../../language/model/pipeline.js';
import { chooseArm, noArmBecause } from '../../evaluate/choose-arm.js';
import { choiceDigest } from '../../evaluate/values-read.js';
import { countProcesses } from '../../plan/plan.js';
import { listScope } from '../../evaluate/step-context.js';
import { rechosenSite, fails, plannedChoice, type OpenContainer, type Prepared } from './container-work.js';
import type { StepSite, Engine, RunContext } from '../context/run-context.js';

/** Takes the arm that an earlier run attempt took while that stands, else the one that the expression says now. */
export const prepareBranch = (step: BranchStep | SwitchStep, open: OpenContainer, engine: Engine): Prepared => {
  const planned = plannedChoice(open, engine.context);
  const kept = planned?.kind === 'arm' ? step.arms.find(({ name }) => name === planned.arm) : undefined;
  if (kept !== undefined) return armWork(step, { arm: kept, open, site: open.site }, engine);
  const chosen = chooseArm(step, open.scopes.live);
  if (!chosen.ok) return err(fails(chosen.error));
  const { arm, value } = chosen.value;
  if (arm === undefined) return err({ kind: 'skips', because: noArmBecause(step, shown(value, engine.context)) });
  const work = armWork(step, { arm, open, site: rechosenSite(open) }, engine);
  const to_run = countProcesses(arm.steps);
  return work.ok
    ? ok({
        ...work.value,
        keepsChoice: false,
        tell: () => {
          engine.context.recorder.emit({ type: 'arm_chosen', step: open.path, arm: arm.name, to_run });
        },
      })
    : work;
};

type Taken = { readonly arm: Arm; readonly open: OpenContainer; readonly site: StepSite };

const armWork = (step: BranchStep | SwitchStep, { arm, open, site }: Taken, { context, runList }: Engine): Prepared => {
  const inner: StepSite = { ...site, list: listScope(pathBelow(open.path, arm.name), arm.steps, site.list) };
  return ok({
    values: choiceDigest(step, { scope: open.scopes.recorded, outer: site.values }),
    keepsChoice: true,
    outputs: step.outputs,
    run: async (scope) => ({ ...(await runList({ ...inner, scope }, context)), site: inner }),
  });
};

const SHOWN_CHARACTERS = 80;

/** Masked before it is cut, so that no part of a secret is left. */
const shown = (value: string, { masker }: RunContext): string => cutText(masker.text(value), SHOWN_CHARACTERS);
