import { cutText } from '../../base/cut-text.js';
import { err, ok } from '../../base/result.js';
import { pathBelow, type Arm, type BranchStep, type SwitchStep } from '../../language/model/pipeline.js';
import { chooseArm, noArmBecause } from '../../evaluate/choose-arm.js';
import { choiceDigest } from '../../evaluate/values-read.js';
import { countProcesses } from '../../plan/plan.js';
import { listScope } from '../../evaluate/step-context.js';
import { anewPlace, fails, plannedChoice, type OpenContainer, type Prepared } from './container-work.js';
import type { ListPlace, Means, RunContext } from '../context/run-context.js';

/** Takes the arm that an earlier run attempt took while that stands, else the one that the expression says now. */
export const prepareBranch = (step: BranchStep | SwitchStep, open: OpenContainer, means: Means): Prepared => {
  const planned = plannedChoice(open, means.context);
  const kept = planned?.kind === 'arm' ? step.arms.find(({ name }) => name === planned.arm) : undefined;
  if (kept !== undefined) return armWork(step, { arm: kept, open, place: open.place }, means);
  const chosen = chooseArm(step, open.scopes.live);
  if (!chosen.ok) return err(fails(chosen.error));
  const { arm, value } = chosen.value;
  if (arm === undefined) return err({ kind: 'skips', because: noArmBecause(step, shown(value, means.context)) });
  const work = armWork(step, { arm, open, place: anewPlace(open) }, means);
  const to_run = countProcesses(arm.steps);
  return work.ok
    ? ok({
        ...work.value,
        keepsChoice: false,
        tell: () => {
          means.context.recorder.emit({ type: 'arm_chosen', step: open.path, arm: arm.name, to_run });
        },
      })
    : work;
};

type Taken = { readonly arm: Arm; readonly open: OpenContainer; readonly place: ListPlace };

const armWork = (step: BranchStep | SwitchStep, { arm, open, place }: Taken, { context, runList }: Means): Prepared => {
  const inner: ListPlace = { ...place, list: listScope(pathBelow(open.path, arm.name), arm.steps, place.list) };
  return ok({
    values: choiceDigest(step, { scope: open.scopes.recorded, outer: place.values }),
    keepsChoice: true,
    outputs: step.outputs,
    run: async (scope) => ({ ...(await runList({ ...inner, scope }, context)), place: inner }),
  });
};

const SHOWN_CHARACTERS = 80;

/** Masked before it is cut, so that no part of a secret is left. */
const shown = (value: string, { masker }: RunContext): string => cutText(masker.text(value), SHOWN_CHARACTERS);
