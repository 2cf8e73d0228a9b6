import { expect, test } from 'vitest';
import {
  countSteps,
  decisionFor,
  NO_CHOICES,
  planLines,
  processPaths,
  runsForReal,
  type Decision,
  type Plan,
} from '../../src/plan/plan.js';
import { group, parallel, pipeline, script } from './pipeline-builder.js';

const steps = pipeline([
  script('a', { name: 'Prepare ${{ inputs.what }}' }),
  group('g', [script('x'), parallel('p', [script('y'), script('z')])]),
  script('b'),
]);
const because = 'so it is';
const RUN: Decision = { do: 'run', because };

const planWith = (decisions: Readonly<Record<string, Decision>>): Plan => ({
  decisions: new Map(Object.entries(decisions)),
  defaultDecision: RUN,
  choices: NO_CHOICES,
  hasWork: true,
});

test('the lines of a plan are in the order of the file, containers before what they hold', () => {
  const lines = planLines(steps, planWith({ 'g/x': { do: 'restore', because } }));
  expect(lines.map(({ path, name, depth, decision }) => [path, name, depth, decision.do])).toEqual([
    ['a', 'Prepare ${{ inputs.what }}', 0, 'run'],
    ['g', 'g', 0, 'run'],
    ['g/x', 'x', 1, 'restore'],
    ['g/p', 'p', 1, 'run'],
    ['g/p/y', 'y', 2, 'run'],
    ['g/p/z', 'z', 2, 'run'],
    ['b', 'b', 0, 'run'],
  ]);
});

test('a path without a decision gets the default one', () => {
  const plan = planWith({ a: { do: 'leave', because } });
  expect(decisionFor(plan, 'a').do).toBe('leave');
  expect(decisionFor(plan, 'nowhere')).toBe(RUN);
});

test('only steps that start processes are counted; one that may be skipped counts as one that runs', () => {
  expect(processPaths(steps.steps, '', NO_CHOICES)).toEqual(['a', 'g/x', 'g/p/y', 'g/p/z', 'b']);
  expect(countSteps(steps, planWith({}))).toEqual({ toRun: 5, toRestore: 0 });
  const plan = planWith({
    a: { do: 'restore', because },
    g: { do: 'restore', because },
    'g/x': { do: 'restore', because },
    'g/p/y': { do: 'skip', because },
    'g/p/z': { do: 'leave', because },
    b: { do: 'run', because, refresh: true },
  });
  expect(countSteps(steps, plan)).toEqual({ toRun: 2, toRestore: 2 });
});

test.each<[Decision | undefined, boolean]>([
  [RUN, true],
  [{ ...RUN, refresh: true }, false],
  [{ do: 'restore', because }, false],
  [{ do: 'skip', because }, false],
  [{ do: 'leave', because }, false],
  [undefined, false],
])('only a step that runs for more than to be there again makes others run: %o', (decision, expected) => {
  expect(runsForReal(decision)).toBe(expected);
});
