import { isContainer, stepPath, type Step } from '../language/model/pipeline.js';
import { decideProcessStep } from './decide-process-step.js';
import { EMPTY_LAYER, joinFrames } from '../evaluate/export-frame.js';
import { needsDigest, SKIPPED_IDENTITY } from '../evaluate/fingerprint.js';
import { executionOrder } from '../evaluate/graph.js';
import { planContainer } from './plan-container.js';
import { runsForReal, type Decision } from './plan.js';
import type { ListBase, PlanList, PlannedList, Planning, PlanSite, Settled } from './planning.js';
import { recordedLayer } from '../evaluate/recorded-source.js';
import { allPaths, isLeftOut } from './selection.js';
import { settle } from './settle-step.js';

/** Decides all steps of a list, each after what it needs. */
export const planList: PlanList = async (planned, base, planning) => {
  const { list, items } = planned;
  const settled: Settled[] = [];
  for (const index of executionOrder(list.steps)) {
    const step = list.steps[index];
    if (step === undefined) continue;
    const taken = stepBase(step, { planned, base, settled });
    const item = items?.[index];
    const site =
      item === undefined ? { list, base: taken } : { list: item.list, base: { ...taken, values: item.values } };
    settled[index] = await planStep(step, site, planning);
  }
  return settled;
};

type ListProgress = { readonly planned: PlannedList; readonly base: ListBase; readonly settled: readonly Settled[] };

/** What a step takes over: from its needs, or from its list where it needs nothing. */
const stepBase = (step: Step, { planned: { list }, base, settled }: ListProgress): ListBase => {
  if (step.needs.length === 0) return base;
  const needs = step.needs.flatMap((need) => settled[need] ?? []);
  const again = step.needs.find((need) => runsForReal(settled[need]?.decision));
  const needed = again === undefined ? undefined : list.steps[again]?.id;
  return {
    ...base,
    needs: needsDigest(
      base.needs,
      needs.map(({ identity }) => identity),
    ),
    frame: joinFrames(needs.map(({ frame }) => frame)),
    since: needs.reduce((latest, { since }) => Math.max(latest, since), base.since),
    stale: needed === undefined ? base.stale : `it needs "${needed}", which runs again`,
  };
};

const planStep = async (step: Step, site: PlanSite, planning: Planning): Promise<Settled> => {
  const path = stepPath(site.list.path, step);
  if (isLeftOut(planning.selection, path)) return leaveOut(step, site, planning);
  if (isContainer(step)) return planContainer(step, site, { planning, planList });
  const { decision, identity } = await decideProcessStep(step, site, planning);
  planning.decisions.set(path, decision);
  const layer = recordedLayer(step, path, planning.source.record);
  return settle({ decision, identity, layer, recordSince: planning.last.steps.get(path)?.since ?? 0 }, site);
};

const leaveOut = (step: Step, site: PlanSite, { decisions }: Planning): Settled => {
  const decision: Decision = { do: 'leave', because: 'not asked for with --only' };
  for (const path of allPaths([step], site.list.path)) decisions.set(path, decision);
  return settle({ decision, identity: SKIPPED_IDENTITY, layer: EMPTY_LAYER, recordSince: 0 }, site);
};
