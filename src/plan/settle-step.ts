import { EMPTY_LAYER, type FrameLayer } from '../evaluate/context/export-frame.js';
import { framesWith } from '../evaluate/context/site.js';
import { runsForReal, type Decision } from './plan.js';
import type { PlanSite, Settled } from './planning.js';

/** A decided step, and the parts of its record that later steps take over. */
export type DecidedStep = {
  readonly decision: Decision;
  readonly identity: string;
  readonly layer: FrameLayer;
  /** Sequence number of the latest work in it. */
  readonly recordSince: number;
};

/** Settles a decided step for the steps after it; earlier exports of a step that runs again are dropped. */
export const settle = (
  { decision, identity, layer, recordSince }: DecidedStep,
  { since, frames }: PlanSite,
): Settled => {
  const exported = runsForReal(decision) ? EMPTY_LAYER : layer;
  return {
    decision,
    since: Math.max(since, recordSince),
    identity,
    layer: exported,
    frames: framesWith(frames, { live: exported, recorded: exported }),
  };
};
