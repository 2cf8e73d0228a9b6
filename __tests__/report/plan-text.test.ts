import { expect, test } from 'vitest';
import type { PlanLine } from '../../src/plan/plan.js';
import { PLAIN } from '../../src/report/text/paint.js';
import { planJson, renderPlan, type PlanOverview } from '../../src/report/plan-text.js';

const LINES: readonly PlanLine[] = [
  { path: 'collect', name: 'Collect', depth: 0, decision: { do: 'restore', because: 'it succeeded in attempt 1' } },
  { path: 'build', name: 'Build', depth: 0, decision: { do: 'run', because: 'it failed last time' } },
  { path: 'build/compile', name: 'Compile\n', depth: 1, decision: { do: 'run', because: 'it failed last time' } },
  { path: 'report', name: 'Report', depth: 0, decision: { do: 'skip', because: 'its condition was false' } },
];

const planOf = (lines: readonly PlanLine[]): PlanOverview => ({ lines, fallbacks: [] });

test('a plan shows each step, what happens to it and why, then the counts', () => {
  expect(renderPlan(planOf(LINES), { paint: PLAIN, columns: undefined })).toEqual([
    'what  step         path           why',
    'keep  Collect      collect        it succeeded in attempt 1',
    'run   Build        build          it failed last time',
    'run     Compile\\n  build/compile  it failed last time',
    'skip  Report       report         its condition was false',
    '3 steps: 1 to run, 1 kept, 1 to skip',
  ]);
});

test('a plan for programs has the same words', () => {
  expect(planJson(planOf(LINES.slice(0, 1)))).toEqual({
    steps: [{ step: 'collect', name: 'Collect', do: 'keep', because: 'it succeeded in attempt 1' }],
  });
});

test('what is not chosen yet says on what it depends, and what is kept of choices is said', () => {
  const lines: readonly PlanLine[] = [
    {
      ...{ path: 'route', name: 'Route', depth: 0, decision: { do: 'restore', because: 'finished in attempt 1' } },
      choice: { kind: 'arm', arm: 'else' },
    },
    { path: 'route/else/x', name: 'X', depth: 1, decision: { do: 'restore', because: 'finished in attempt 1' } },
    { path: 'each', name: 'Each', depth: 0, decision: { do: 'run', because: 'it has not run yet' } },
    { path: 'each[n]', name: 'Each', depth: 1, decision: { do: 'maybe', because: 'for each item' } },
  ];
  expect(renderPlan(planOf(lines), { paint: PLAIN, columns: undefined })).toEqual([
    'what   step    path          why',
    'keep   Route   route         finished in attempt 1; takes "else" as before',
    'keep     X     route/else/x  finished in attempt 1',
    'run    Each    each          it has not run yet',
    'maybe    Each  each[n]       for each item',
    '2 steps: 1 kept, 1 not chosen yet',
  ]);
  expect(planJson(planOf(lines))).toMatchObject({ steps: [{ step: 'route', arm: 'else' }, {}, {}, { do: 'maybe' }] });
});

test.each<[NonNullable<PlanLine['choice']>, string]>([
  [{ kind: 'iterations', count: 1, isOver: false }, 'x; 1 iteration as before'],
  [{ kind: 'items', items: [1, 2], isWithheld: false }, 'x; 2 items as before'],
])('iterations and items that are kept are counted: %#', (choice, expected) => {
  const line: PlanLine = { path: 'a', name: 'A', depth: 0, decision: { do: 'restore', because: 'x' }, choice };
  expect(renderPlan(planOf([line]), { paint: PLAIN, columns: undefined })[1]).toContain(expected);
});

test('fallbacks are named with what declares them', () => {
  const line: PlanLine = {
    ...{ path: 'a', name: 'A', depth: 0, decision: { do: 'run', because: 'x' } },
    fallbacks: ['on_failure', 'finally'],
  };
  const plan: PlanOverview = { lines: [line], fallbacks: ['on_started'] };
  expect(renderPlan(plan, { paint: PLAIN, columns: undefined }).slice(1)).toEqual([
    'run   A     a     x; has on_failure, finally',
    '1 step: 1 to run; the pipeline has on_started',
  ]);
  expect(planJson(plan)).toMatchObject({
    fallbacks: ['on_started'],
    steps: [{ step: 'a', fallbacks: ['on_failure', 'finally'] }],
  });
});
