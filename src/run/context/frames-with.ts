import { joinFrames, withLayer, type Frame, type FrameLayer } from '../../evaluate/export-frame.js';
import type { Both } from './run-context.js';

/** The environment with a layer on top. */
export const framesWith = (frames: Both<Frame>, layers: Both<FrameLayer>): Both<Frame> => ({
  live: withLayer(frames.live, layers.live),
  recorded: withLayer(frames.recorded, layers.recorded),
});

/** The environment that a step starts from: as its needs left it, or that of its list where it needs nothing. */
export const framesAfter = (needs: readonly Both<Frame>[], ofList: Both<Frame>): Both<Frame> =>
  needs.length === 0
    ? ofList
    : {
        live: joinFrames(needs.map(({ live }) => live)),
        recorded: joinFrames(needs.map(({ recorded }) => recorded)),
      };
