import { expect, test } from 'vitest';
import { EMPTY_FRAME, EMPTY_LAYER, flattenFrame, withLayer } from '../../../src/evaluate/export-frame.js';
import { framesAfter, framesWith } from '../../../src/run/context/frames-with.js';

const layer = (name: string, value: string) => ({ env: { [name]: value }, path: [] });
const EMPTY = { live: EMPTY_FRAME, recorded: EMPTY_FRAME };
const frames = (name: string) => framesWith(EMPTY, { live: layer(name, 'as it is'), recorded: layer(name, '***') });

test('what is exported is seen as it is by steps, and as it is recorded by fingerprints', () => {
  expect(flattenFrame(frames('A').live).env).toEqual({ A: 'as it is' });
  expect(flattenFrame(frames('A').recorded).env).toEqual({ A: '***' });
});

test('an environment to which nothing is added stays the same', () => {
  const before = { live: withLayer(EMPTY_FRAME, layer('A', '1')), recorded: EMPTY_FRAME };
  expect(framesWith(before, { live: EMPTY_LAYER, recorded: EMPTY_LAYER })).toEqual(before);
});

test('a step starts from what its needs left, or from its list', () => {
  const around = frames('LIST');
  expect(framesAfter([], around)).toBe(around);
  const joined = framesAfter([frames('A'), frames('B')], around);
  expect(flattenFrame(joined.live).env).toEqual({ A: 'as it is', B: 'as it is' });
  expect(flattenFrame(joined.recorded).env).toEqual({ A: '***', B: '***' });
});
