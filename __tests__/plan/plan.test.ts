import { describe, expect, test } from 'vitest';
import {
  countProcesses,
  countSteps,
  decisionFor,
  NO_CHOICES,
  planLines,
  processPaths,
  runsForReal,
  type Decision,
  type Plan,
} from '../../src/plan/plan.js';
import type { Choice } from '../../src/state/run-state.js';
import { branch, call, fallbacks, fanOut, group, loop, parallel, pipeline, script } from './pipeline-builder.js';

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

describe('the lines of a container that chooses', () => {
  const choosing = pipeline([
    branch('b', { condition: 'x', then: [script('t'), group('g', [script('u')])], otherwise: [script('e')] }),
    loop('l', { condition: 'x', steps: [script('i')] }),
    fanOut('f', { items: 'x', body: [script('j')] }),
    fanOut('o', { items: 'x', body: script('k') }),
    call('c', pipeline([script('s')])),
  ]);
  const lines = (plan: Plan): readonly (readonly [string, number, string])[] =>
    planLines(choosing, plan).map(({ path, depth, decision }) => [path, depth, `${decision.do}: ${decision.because}`]);

  test('say on what it depends what runs, until it has chosen', () => {
    const run = 'run: so it is';
    expect(lines(planWith({}))).toEqual([
      ['b', 0, run],
      ['b/then/t', 1, 'maybe: if "then" is taken'],
      ['b/then/g', 1, 'maybe: if "then" is taken'],
      ['b/then/g/u', 2, 'maybe: if "then" is taken'],
      ['b/else/e', 1, 'maybe: if "else" is taken'],
      ['l', 0, run],
      ['l[n]/i', 1, 'maybe: in each iteration'],
      ['f', 0, run],
      ['f[n]/j', 1, 'maybe: for each item'],
      ['o', 0, run],
      ['o[n]', 1, 'maybe: for each item'],
      ['c', 0, run],
      ['c/s', 1, run],
    ]);
    expect(countSteps(choosing, planWith({}))).toEqual({ toRun: 1, toRestore: 0 });
  });

  test('are those of what it chose, where that is kept', () => {
    const choices: Plan['choices'] = new Map<string, Choice>([
      ['b', { kind: 'arm', arm: 'else' }],
      ['l', { kind: 'iterations', count: 2, isOver: false }],
      ['o', { kind: 'items', items: ['x'], isWithheld: false }],
    ]);
    const plan = { ...planWith({ f: { do: 'leave', because } }), choices };
    expect(lines(plan).map(([path, depth]) => [path, depth])).toEqual([
      ['b', 0],
      ['b/else/e', 1],
      ['l', 0],
      ['l[0]', 1],
      ['l[0]/i', 2],
      ['l[1]', 1],
      ['l[1]/i', 2],
      ['f', 0],
      ['o', 0],
      ['o[0]', 1],
      ['c', 0],
      ['c/s', 1],
    ]);
    expect(planLines(choosing, plan)[0]?.choice).toEqual({ kind: 'arm', arm: 'else' });
    expect(countSteps(choosing, plan)).toEqual({ toRun: 5, toRestore: 0 });
  });
});

test('what a list holds is counted without what has to be chosen first', () => {
  expect(countProcesses(steps.steps)).toBe(5);
  expect(countProcesses(pipeline([branch('b', { condition: 'x', then: [script('t')] })]).steps)).toBe(0);
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

test('a line names the fallbacks of a step that may run, of a call those of its file too', () => {
  const told = fallbacks({ finally: [script('f')], on_failure: [script('f')] });
  const called = pipeline([script('x')], { fallbacks: fallbacks({ on_started: [script('f')] }) });
  const file = pipeline([script('a', { fallbacks: told }), script('kept', { fallbacks: told }), call('c', called)]);
  const plan = planWith({ kept: { do: 'restore', because } });
  expect(planLines(file, plan).map((line) => [line.path, line.fallbacks])).toEqual([
    ['a', ['on_failure', 'finally']],
    ['kept', undefined],
    ['c', ['on_started']],
    ['c/x', undefined],
  ]);
});
