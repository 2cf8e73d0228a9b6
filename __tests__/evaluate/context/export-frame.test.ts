import { describe, expect, test } from 'vitest';
import {
  EMPTY_FRAME,
  EMPTY_LAYER,
  flattenFrame,
  joinFrames,
  mergeLayers,
  withLayer,
  type Frame,
  type FrameLayer,
} from '../../../src/evaluate/context/export-frame.js';

const layer = (env: Readonly<Record<string, string>>, ...path: readonly string[]): FrameLayer => ({ env, path });

const chainOf = (...layers: readonly FrameLayer[]): Frame =>
  layers.reduce<Frame>((frame, each) => withLayer(frame, each), EMPTY_FRAME);

describe('a frame', () => {
  test('with nothing in it is empty', () => {
    expect(flattenFrame(EMPTY_FRAME)).toEqual({ env: {}, path: [] });
  });

  test('adds up its layers; the later wins', () => {
    const frame = chainOf(layer({ A: '1', B: '1' }), layer({ B: '2', C: '2' }));
    expect(flattenFrame(frame).env).toEqual({ A: '1', B: '2', C: '2' });
  });

  test('searches the folder that was added last first, as on GitHub', () => {
    const frame = chainOf(layer({}, '/one', '/two'), layer({}, '/three'));
    expect(flattenFrame(frame).path).toEqual(['/three', '/two', '/one']);
  });

  test('is the same with a layer that holds nothing', () => {
    const frame = chainOf(layer({ A: '1' }));
    expect(withLayer(frame, EMPTY_LAYER)).toBe(frame);
    expect(withLayer(frame, layer({}))).toBe(frame);
  });
});

describe('joined frames', () => {
  test('are nothing for none, and the frame itself for one, or the same one twice', () => {
    const frame = chainOf(layer({ A: '1' }));
    expect(joinFrames([])).toBe(EMPTY_FRAME);
    expect(joinFrames([frame])).toBe(frame);
    expect(joinFrames([frame, frame])).toBe(frame);
  });

  test('count what they share once, and the later of them wins', () => {
    const top = chainOf(layer({ A: 'top', B: 'top' }, '/top'));
    const left = withLayer(top, layer({ A: 'left', C: 'left' }, '/left'));
    const right = withLayer(top, layer({ C: 'right' }, '/right'));
    const joined = { env: { A: 'left', B: 'top', C: 'right' }, path: ['/right', '/left', '/top'] };
    expect(flattenFrame(joinFrames([left, right]))).toEqual(joined);
    expect(flattenFrame(joinFrames([right, left])).env).toEqual({ ...joined.env, C: 'left' });
  });

  test('keep what is upstream of a frame before it, whatever the order they are named in', () => {
    const top = chainOf(layer({ A: 'top' }, '/top'));
    const below = withLayer(top, layer({ A: 'below' }, '/below'));
    expect(flattenFrame(joinFrames([below, top]))).toEqual({ env: { A: 'below' }, path: ['/below', '/top'] });
  });

  test('of 40 diamonds in a row are walked once each', () => {
    let frame = EMPTY_FRAME;
    for (let index = 0; index < 40; index += 1) {
      const sides = ['left', 'right'].map((side) => withLayer(frame, layer({ [`${side}${index}`]: '' }, side)));
      frame = joinFrames(sides);
    }
    expect(flattenFrame(frame).path).toHaveLength(80);
  });

  test('in a chain of 100,000 take no stack', () => {
    let frame = EMPTY_FRAME;
    for (let index = 0; index < 100_000; index += 1) frame = withLayer(frame, layer({ LAST: String(index) }));
    expect(flattenFrame(frame).env).toEqual({ LAST: '99999' });
  });
});

test('merged layers keep their order, and the later wins', () => {
  const merged = mergeLayers([layer({ A: '1' }, '/a'), EMPTY_LAYER, layer({ A: '2', B: '2' }, '/b', '/c')]);
  expect(merged).toEqual({ env: { A: '2', B: '2' }, path: ['/a', '/b', '/c'] });
  expect(mergeLayers([EMPTY_LAYER, layer({})])).toBe(EMPTY_LAYER);
});
