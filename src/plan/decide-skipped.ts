import { ok, type Result } from '../base/result.js';
import { evaluateCondition, type Scope } from '../expressions/evaluate.js';
import { isContainer, type Step } from '../language/model/pipeline.js';
import { scopesAt } from '../evaluate/context/site.js';
import { containerKind } from '../evaluate/kinds/kinds.js';
import type { StepRecord } from '../state/run-state.js';
import type { Decision } from './plan.js';
import type { Planning, PlanSite } from './planning.js';

/** The site of a step, and its record. */
export type RecordedSite = PlanSite & { readonly record: StepRecord };

/**
 * Decides a step that was skipped: re-evaluates its condition as if nothing upstream had failed. `own` is the scope of
 * a container's expression: a container that takes none of its lists is skipped too.
 */
export const decideSkipped = (
  step: Step,
  { own, ...site }: RecordedSite & { readonly own?: Scope },
  planning: Planning,
): Decision => {
  const { because } = site.record;
  if (site.tolerated) return { do: 'skip', because };
  const holds = step.if === undefined ? ok(true) : conditionOf(step, site, planning);
  if (holds.ok && !holds.value) return { do: 'skip', because };
  const takesNone = isContainer(step) ? containerKind(step).choosing?.takesNone : undefined;
  if (!isContainer(step) || takesNone === undefined) return { do: 'run', because: againBecause(step) };
  const none = own === undefined || !holds.ok ? undefined : takesNone(step, own, because);
  return none === undefined ? { do: 'run', because: MUST_REEVALUATE } : { do: 'skip', because: none };
};

const MUST_REEVALUATE = 'its condition must be re-evaluated';

const againBecause = (step: Step): string => (step.if === undefined ? 'it is no longer held back' : MUST_REEVALUATE);

/** Whether the condition of a step holds, with the values known while planning; an error if it has no value. */
export const conditionOf = (step: Step, site: PlanSite, { sources }: Planning): Result<boolean> =>
  evaluateCondition(step.if ?? 'true', scopesAt(site, { step }, sources).live);
