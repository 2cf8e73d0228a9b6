import type { Result } from '../base/result.js';
import { evaluateCondition } from '../expressions/evaluate.js';
import type { Step } from '../language/pipeline.js';
import type { StepRecord } from '../state/run-state.js';
import type { Decision } from './plan.js';
import { viewOf, type Planning, type PlanPlace } from './planning.js';
import { WITHHELD } from './recorded-source.js';
import { scopeAt } from './step-context.js';

/** A place, and what is recorded of the step there. */
export type RecordedPlace = PlanPlace & { readonly record: StepRecord };

/** Decides a step that was skipped: it is looked at anew, and nothing upstream has failed now. */
export const decideSkipped = (step: Step, place: RecordedPlace, planning: Planning): Decision => {
  const skip: Decision = { do: 'skip', because: place.record.because };
  if (place.base.tolerated) return skip;
  if (step.if === undefined) return { do: 'run', because: 'nothing holds it back any more' };
  const holds = conditionOf(step, place, planning);
  return holds.ok && !holds.value ? skip : { do: 'run', because: 'its condition is to be looked at again' };
};

/** Whether the condition of a step holds, as far as that is known by now; an error when it has no value. */
export const conditionOf = (step: Step, { list, base }: PlanPlace, { live, secrets }: Planning): Result<boolean> => {
  const view = viewOf(list, base.frame, step);
  const scope = scopeAt({ ...view, env: () => revealed(view.env(), secrets) }, live);
  return evaluateCondition(step.if ?? 'true', scope);
};

type Env = Readonly<Record<string, string>>;

/** The environment with inherited secrets in place of what stands for them. */
const revealed = (env: Env, secrets: Env | undefined): Env =>
  secrets === undefined
    ? env
    : Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name, value === WITHHELD ? (secrets[name] ?? value) : value]),
      );
