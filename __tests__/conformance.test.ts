import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCases } from './conformance/case-file.js';
import { playCase } from './conformance/play-case.js';

const cases = readCases(join(import.meta.dirname, 'data/conformance'));

// Side by side, since much of it is waiting. UPDATE_GOLDENS=1 rewrites what is expected: look at every line that changes.
describe.concurrent('a pipeline comes to the events that the contract promises', () => {
  test.each(cases)('$name', async (one) => {
    const told = await playCase(one);
    if (process.env['UPDATE_GOLDENS'] === undefined) expect(told).toEqual(one.acts.map(({ expected }) => expected));
    else one.rewrite(told);
  });
});
