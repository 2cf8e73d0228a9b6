import { ok, type Result } from '../base/result.js';
import { evaluateCondition, type Scope } from '../expressions/evaluate.js';
import type { Step } from '../language/model/pipeline.js';
import type { StepRecord } from '../state/run-state.js';
import { chooseArm, NO_ELSE } from '../evaluate/choose-arm.js';
import type { Decision } from './plan.js';
import { viewOf, type Planning, type PlanSite } from './planning.js';
import { WITHHELD } from '../evaluate/recorded-source.js';
import { scopeAt, type StepScope, type Viewpoint } from '../evaluate/step-context.js';

/** A place, and what is recorded of the step there. */
export type RecordedSite = PlanSite & { readonly record: StepRecord };

/**
 * Decides a step that was skipped: it is looked at anew, and nothing upstream has failed now. `own` is where the
 * expression of a branch or switch is evaluated: one that takes no arm is skipped, too.
 */
export const decideSkipped = (
  step: Step,
  { own, ...site }: RecordedSite & { readonly own?: Scope },
  planning: Planning,
): Decision => {
  const { because } = site.record;
  if (site.base.tolerated) return { do: 'skip', because };
  const holds = step.if === undefined ? ok(true) : conditionOf(step, site, planning);
  if (holds.ok && !holds.value) return { do: 'skip', because };
  if (step.kind !== 'branch' && step.kind !== 'switch') return { do: 'run', because: againBecause(step) };
  const chosen = own === undefined || !holds.ok ? undefined : chooseArm(step, own);
  const takesNone = chosen?.ok === true && chosen.value.arm === undefined;
  if (takesNone) return { do: 'skip', because: step.kind === 'branch' ? NO_ELSE : because };
  return { do: 'run', because: LOOK_AGAIN };
};

const LOOK_AGAIN = 'its condition is to be looked at again';

const againBecause = (step: Step): string => (step.if === undefined ? 'nothing holds it back any more' : LOOK_AGAIN);

/** Whether the condition of a step holds, as far as that is known by now; an error when it has no value. */
export const conditionOf = (step: Step, { list, base }: PlanSite, planning: Planning): Result<boolean> =>
  evaluateCondition(step.if ?? 'true', liveScope(viewOf(list, base.frame, step), planning));

/** A scope with the values that steps will see, as far as they are known while planning. */
export const liveScope = (view: Viewpoint, { live, secrets }: Planning): StepScope =>
  scopeAt({ ...view, env: () => revealed(view.env(), secrets) }, live);

type Env = Readonly<Record<string, string>>;

/** The environment with inherited secrets in place of what stands for them. */
const revealed = (env: Env, secrets: Env | undefined): Env =>
  secrets === undefined
    ? env
    : Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name, value === WITHHELD ? (secrets[name] ?? value) : value]),
      );
