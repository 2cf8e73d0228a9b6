import { isContainer, isWithin, stepPath, type Step } from '../language/model/pipeline.js';
import { executionOrder } from '../evaluate/context/graph.js';
import { innerList } from '../evaluate/inner-list.js';
import { runsForReal, type Choices, type Decision } from './plan.js';
import type { Selection } from './selection.js';

type Planned = { readonly decisions: ReadonlyMap<string, Decision>; readonly choices: Choices };

/** The error of `--from` when a step before it still has to run; undefined if none has to. */
export const unfinishedBefore = (steps: readonly Step[], { from }: Selection, planned: Planned): string | undefined => {
  if (from === undefined) return undefined;
  const blocker = findBlocker(steps, { listPath: '', from }, planned);
  return (
    blocker &&
    `cannot start from "${from}": "${blocker}" before it is not finished; resume without --from, or from there`
  );
};

type Search = { readonly listPath: string; readonly from: string };

const findBlocker = (steps: readonly Step[], { listPath, from }: Search, planned: Planned): string | undefined => {
  const start = steps.findIndex((step) => isWithin(from, stepPath(listPath, step)));
  const step = steps[start];
  if (step === undefined) return undefined;
  const upstream = upstreamOf(steps, start);
  const before = executionOrder(steps).flatMap((index) => (upstream.has(index) ? (steps[index] ?? []) : []));
  const blocker = before
    .map((each) => stepPath(listPath, each))
    .find((path) => runsForReal(planned.decisions.get(path)));
  if (blocker !== undefined || !isContainer(step)) return blocker;
  const path = stepPath(listPath, step);
  const inner = innerList(step, path, planned.choices.get(path));
  return inner === undefined ? undefined : findBlocker(inner.steps, { listPath: inner.path, from }, planned);
};

const upstreamOf = (steps: readonly Step[], start: number): ReadonlySet<number> => {
  const found = new Set<number>();
  const open = [...(steps[start]?.needs ?? [])];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (found.has(index)) continue;
    found.add(index);
    open.push(...(steps[index]?.needs ?? []));
  }
  return found;
};
