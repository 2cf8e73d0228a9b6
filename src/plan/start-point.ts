import { isContainer, stepPath, type Step } from '../language/pipeline.js';
import { executionOrder } from './graph.js';
import { runsForReal, type Decision } from './plan.js';
import type { Selection } from './selection.js';

type Decisions = ReadonlyMap<string, Decision>;

/** What is wrong with `--from`: a step before it still has to run. Undefined when nothing is. */
export const unfinishedBefore = (
  steps: readonly Step[],
  { from }: Selection,
  decisions: Decisions,
): string | undefined => {
  if (from === undefined) return undefined;
  const blocker = findBlocker(steps, { listPath: '', from }, decisions);
  return (
    blocker &&
    `cannot start from "${from}": "${blocker}" before it is not finished; resume without --from, or from there`
  );
};

type Place = { readonly listPath: string; readonly from: string };

const findBlocker = (steps: readonly Step[], { listPath, from }: Place, decisions: Decisions): string | undefined => {
  const start = steps.findIndex((step) => isOnTheWay(stepPath(listPath, step), from));
  const step = steps[start];
  if (step === undefined) return undefined;
  const upstream = upstreamOf(steps, start);
  const before = executionOrder(steps).flatMap((index) => (upstream.has(index) ? (steps[index] ?? []) : []));
  const blocker = before.map((each) => stepPath(listPath, each)).find((path) => runsForReal(decisions.get(path)));
  if (blocker !== undefined || !isContainer(step)) return blocker;
  return findBlocker(step.steps, { listPath: stepPath(listPath, step), from }, decisions);
};

const isOnTheWay = (path: string, from: string): boolean => path === from || from.startsWith(`${path}/`);

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
