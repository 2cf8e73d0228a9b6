import { EMPTY_LAYER, type FrameLayer } from '../evaluate/context/export-frame.js';
import { framesWith } from '../evaluate/context/site.js';
import { runsForReal, type Decision } from './plan.js';
import type { PlanSite, Settled } from './planning.js';

/** A step that is decided, and what its record says that steps after it take over. */
export type DecidedStep = {
  readonly decision: Decision;
  readonly identity: string;
  readonly layer: FrameLayer;
  /** Sequence number of the latest work in it. */
  readonly recordSince: number;
};

/** What steps after a decided one take over; of one that runs again, nothing it exported before. */
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
