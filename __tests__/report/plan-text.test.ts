import { expect, test } from 'vitest';
import type { PlanLine } from '../../src/plan/plan.js';
import { PLAIN } from '../../src/report/paint.js';
import { planJson, renderPlan } from '../../src/report/plan-text.js';

const LINES: readonly PlanLine[] = [
  { path: 'collect', name: 'Collect', depth: 0, decision: { do: 'restore', because: 'it succeeded in attempt 1' } },
  { path: 'build', name: 'Build', depth: 0, decision: { do: 'run', because: 'it failed last time' } },
  { path: 'build/compile', name: 'Compile\n', depth: 1, decision: { do: 'run', because: 'it failed last time' } },
  { path: 'report', name: 'Report', depth: 0, decision: { do: 'skip', because: 'its condition was false' } },
];

test('a plan shows each step, what happens to it and why, then the counts', () => {
  expect(renderPlan(LINES, { paint: PLAIN, columns: undefined })).toEqual([
    'what  step         path           why',
    'keep  Collect      collect        it succeeded in attempt 1',
    'run   Build        build          it failed last time',
    'run     Compile\\n  build/compile  it failed last time',
    'skip  Report       report         its condition was false',
    '3 steps: 1 to run, 1 kept, 1 to skip',
  ]);
});

test('a plan for programs has the same words', () => {
  expect(planJson(LINES.slice(0, 1))).toEqual({
    steps: [{ step: 'collect', name: 'Collect', do: 'keep', because: 'it succeeded in attempt 1' }],
  });
});
