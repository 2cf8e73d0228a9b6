import { isContainer, stepPath, type Step } from '../language/model/pipeline.js';
import { needsDigest } from '../evaluate/context/digests.js';
import { EMPTY_LAYER } from '../evaluate/context/export-frame.js';
import { executionOrder } from '../evaluate/context/graph.js';
import { framesAfter } from '../evaluate/context/site.js';
import { SKIPPED_IDENTITY } from '../evaluate/fingerprint.js';
import { recordedLayer } from '../evaluate/recorded-source.js';
import { decideProcessStep } from './decide-process-step.js';
import { planContainer } from './plan-container.js';
import { runsForReal, type Decision } from './plan.js';
import type { PlanList, Planning, PlanSite, Settled } from './planning.js';
import { allPaths, isLeftOut } from './selection.js';
import { settle } from './settle-step.js';

/** Decides all steps of a list, each after the steps it needs. */
export const planList: PlanList = async (site, planning) => {
  const { steps } = site.list;
  const settled: Settled[] = [];
  for (const index of executionOrder(steps)) {
    const step = steps[index];
    if (step === undefined) continue;
    settled[index] = await planStep(step, siteOfStep(index, site, settled), planning);
  }
  return settled;
};

/** The site of a step: after the steps it needs, or at the start of its list if it needs none. */
const siteOfStep = (index: number, { items, ...around }: PlanSite, settled: readonly Settled[]): PlanSite => {
  const own = { ...around, ...items?.[index] };
  const { steps } = around.list;
  const needed = steps[index]?.needs ?? [];
  if (needed.length === 0) return own;
  const needs = needed.flatMap((need) => settled[need] ?? []);
  const again = needed.find((need) => runsForReal(settled[need]?.decision));
  const stale = again === undefined ? undefined : steps[again]?.id;
  return {
    ...own,
    needs: needsDigest(
      around.needs,
      needs.map(({ identity }) => identity),
    ),
    frames: framesAfter(
      needs.map(({ frames }) => frames),
      around.frames,
    ),
    since: needs.reduce((latest, { since }) => Math.max(latest, since), around.since),
    stale: stale === undefined ? around.stale : `it needs "${stale}", which runs again`,
  };
};

const planStep = async (step: Step, site: PlanSite, planning: Planning): Promise<Settled> => {
  const path = stepPath(site.list.path, step);
  if (isLeftOut(planning.selection, path)) return leaveOut(step, site, planning);
  if (isContainer(step)) return planContainer(step, site, { planning, planList });
  const { decision, identity } = await decideProcessStep(step, site, planning);
  planning.decisions.set(path, decision);
  const layer = recordedLayer(step, path, planning.sources.recorded.record);
  return settle({ decision, identity, layer, recordSince: planning.last.steps.get(path)?.since ?? 0 }, site);
};

const leaveOut = (step: Step, site: PlanSite, { decisions }: Planning): Settled => {
  const decision: Decision = { do: 'leave', because: 'not asked for with --only' };
  for (const path of allPaths([step], site.list.path)) decisions.set(path, decision);
  return settle({ decision, identity: SKIPPED_IDENTITY, layer: EMPTY_LAYER, recordSince: 0 }, site);
};
