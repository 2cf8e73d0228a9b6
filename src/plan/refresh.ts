import { isContainer, stepPath, type ContainerStep, type Step } from '../language/model/pipeline.js';
import type { StepRecord } from '../state/run-state.js';
import { isCompleted } from '../state/state-file.js';
import { dependentsOf, executionOrder } from '../evaluate/context/graph.js';
import { innerList } from '../evaluate/inner-list.js';
import type { Decision } from './plan.js';
import type { Planning } from './planning.js';

/**
 * Refreshes kept steps: those with `on_resume: rerun`, and those with withheld outputs if a later step runs.
 * A refresh runs the step again; the steps after it stay valid.
 */
export const refreshSteps = (steps: readonly Step[], planning: Planning): void => {
  refreshList(steps, { listPath: '', runsAfter: false }, planning);
};

type StepSite = { readonly listPath: string; readonly runsAfter: boolean };

/** Walks a list backwards; returns whether anything in it runs. */
const refreshList = (steps: readonly Step[], { listPath, runsAfter }: StepSite, planning: Planning): boolean => {
  const dependents = dependentsOf(steps);
  const runsHereOrLater: boolean[] = [];
  let runsAny = false;
  for (const index of executionOrder(steps).toReversed()) {
    const step = steps[index];
    if (step === undefined) continue;
    const later = runsAfter || (dependents[index] ?? []).some((dependent) => runsHereOrLater[dependent]);
    const runs = refreshStep(step, { listPath, runsAfter: later }, planning);
    runsHereOrLater[index] = later || runs;
    runsAny ||= runs;
  }
  return runsAny;
};

const refreshStep = (step: Step, { listPath, runsAfter }: StepSite, planning: Planning): boolean => {
  const path = stepPath(listPath, step);
  const inside = isContainer(step) && refreshInner(step, path, { runsAfter, planning });
  const decision = planning.decisions.get(path);
  if (decision?.do !== 'restore') return decision?.do === 'run' || inside;
  const because = inside
    ? 'a step in it runs again for the steps after it'
    : refreshReason(step, path, { runsAfter, planning });
  if (because === undefined) return false;
  const refresh: Decision = { do: 'run', because, refresh: true };
  planning.decisions.set(path, refresh);
  return true;
};

const refreshInner = (step: ContainerStep, path: string, { runsAfter, planning }: Around): boolean => {
  const inner = innerList(step, path, planning.choices.get(path));
  return inner !== undefined && refreshList(inner.steps, { listPath: inner.path, runsAfter }, planning);
};

type Around = { readonly runsAfter: boolean; readonly planning: Planning };

const refreshReason = (step: Step, path: string, { runsAfter, planning }: Around): string | undefined => {
  const record = planning.last.steps.get(path);
  // A failed step in a container whose failure was tolerated is not refreshed.
  if (record === undefined || !isCompleted(record)) return undefined;
  if (step.onResume === 'rerun') return 'on_resume: rerun';
  if (!runsAfter) return undefined;
  if (record.choice?.kind === 'items' && record.choice.isWithheld)
    return 'its items hold a secret, which is not stored, and a step after it runs';
  if (hasWithheld(record)) return 'it made a secret value, which is not stored, and a step after it runs';
  return !isContainer(step) && step.captures && record.stdout === undefined
    ? 'its output was not kept, and a step after it runs'
    : undefined;
};

const hasWithheld = ({ withheld, exports }: StepRecord): boolean =>
  withheld.length > 0 || (exports?.withheld ?? []).length > 0;
