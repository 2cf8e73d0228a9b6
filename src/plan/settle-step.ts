import { EMPTY_LAYER, withLayer, type FrameLayer } from '../evaluate/export-frame.js';
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
export const settle = ({ decision, identity, layer, recordSince }: DecidedStep, { base }: PlanSite): Settled => {
  const exported = runsForReal(decision) ? EMPTY_LAYER : layer;
  return {
    decision,
    since: Math.max(base.since, recordSince),
    identity,
    layer: exported,
    frame: withLayer(base.frame, exported),
  };
};
