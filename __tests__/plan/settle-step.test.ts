import { expect, test } from 'vitest';
import { EMPTY_LAYER, flattenFrame } from '../../src/evaluate/context/export-frame.js';
import type { Decision } from '../../src/plan/plan.js';
import { settle } from '../../src/plan/settle-step.js';
import { TOP_SITE } from './step-record.js';

const site = { ...TOP_SITE, since: 5 };
const layer = { env: { A: '1' }, path: [] };
const because = 'so';

test.each<[Decision, Readonly<Record<string, string>>]>([
  [{ do: 'restore', because }, { A: '1' }],
  [{ do: 'run', because, refresh: true }, { A: '1' }],
  [{ do: 'run', because }, {}],
])('what a step exported before counts unless it runs for real: %o', (decision, env) => {
  const settled = settle({ decision, identity: 'i', layer, recordSince: 0 }, site);
  expect(flattenFrame(settled.frames.live).env).toEqual(env);
  expect(flattenFrame(settled.frames.recorded).env).toEqual(env);
  expect(settled.layer).toEqual(env['A'] === undefined ? EMPTY_LAYER : layer);
});

test.each([
  [3, 5],
  [9, 9],
])('what comes after it is as new as the latest work before: %i', (recordSince, since) => {
  const decision: Decision = { do: 'restore', because };
  expect(settle({ decision, identity: 'i', layer, recordSince }, site).since).toBe(since);
});
