import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCases } from './conformance/case-file.js';
import { playCase } from './conformance/play-case.js';
import { SAMPLED, sampleOf } from './rig/scale.js';

/** Every third case by default. */
const cases = sampleOf(readCases(join(import.meta.dirname, 'data/conformance')), (_, index) => index % 3 === 0);

// Concurrent, because cases spend most of their time waiting. UPDATE_GOLDENS=1 rewrites expectations: review every changed line.
describe.concurrent('a pipeline records the events that the contract promises', () => {
  test.each(cases)('$name', SAMPLED, async (one) => {
    const told = await playCase(one);
    if (process.env['UPDATE_GOLDENS'] === undefined) expect(told).toEqual(one.acts.map(({ expected }) => expected));
    else one.rewrite(told);
  });
});
