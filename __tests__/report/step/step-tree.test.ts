import { expect, test } from 'vitest';
import { runTree, stepTree } from '../../../src/report/step/step-tree.js';
import type { RunState } from '../../../src/state/run-state.js';
import { begun, failed, fellBack, groupStarted, listed, recordRun, started, succeeded } from '../recorded-run.js';

const placesIn = (state: RunState): readonly (readonly [string, number])[] =>
  runTree(state).map(({ path, depth }) => [path, depth]);

test('children stand below their container, however the starts were mixed', () => {
  const state = recordRun().add(groupStarted('a'), groupStarted('b'), started('b/x'), started('a/y'), started('c'));
  expect(stepTree(state).map(({ path, depth, isContainer }) => [path, depth, isContainer])).toEqual([
    ['a', 0, true],
    ['a/y', 1, false],
    ['b', 0, true],
    ['b/x', 1, false],
    ['c', 0, false],
  ]);
});

test.each(['group', 'parallel', 'branch', 'switch', 'loop', 'fan-out', 'pipeline'] as const)(
  'a %s without known children is a container',
  (kind) => {
    expect(stepTree(recordRun().add(begun('a', kind)))[0]?.isContainer).toBe(true);
  },
);

test('items stand below their fan-out, and their steps below them', () => {
  const run = recordRun();
  run.add(groupStarted('g'), begun('g/each', 'fan-out'), listed('g/each', ['x', 'y']));
  run.add(groupStarted('g/each[1]'), groupStarted('g/each[0]'), started('g/each[0]/s'), started('g/each[1]/s'));
  expect(placesIn(run.state())).toEqual([
    ['g', 0],
    ['g/each', 1],
    ['g/each[1]', 2],
    ['g/each[1]/s', 3],
    ['g/each[0]', 2],
    ['g/each[0]/s', 3],
  ]);
});

test('steps of an arm stand below their branch', () => {
  const run = recordRun();
  run.add(begun('route', 'branch'), { type: 'arm_chosen', step: 'route', arm: 'else', to_run: 1 });
  run.add(started('route/else/x'));
  expect(placesIn(run.state())).toEqual([
    ['route', 0],
    ['route/else/x', 1],
  ]);
});

test('fallbacks stand below what they belong to: the first before its steps, the others after them', () => {
  const run = recordRun();
  run.add(...fellBack('', 'on_started', { inner: [started('on_started/hello'), succeeded('on_started/hello')] }));
  run.add(groupStarted('g'), ...fellBack('g', 'on_started'), started('g/x'), failed('g/x'));
  run.add(
    ...fellBack('g/x', 'on_failure', {
      inner: [started('g/x/on_failure/n'), ...fellBack('g/x/on_failure/n', 'finally')],
    }),
  );
  run.add(failed('g'), ...fellBack('g', 'finally'), ...fellBack('', 'finally'));
  expect(placesIn(run.state())).toEqual([
    ['on_started', 0],
    ['on_started/hello', 1],
    ['g', 0],
    ['g/on_started', 1],
    ['g/x', 1],
    ['g/x/on_failure', 2],
    ['g/x/on_failure/n', 3],
    ['g/x/on_failure/n/finally', 4],
    ['g/finally', 1],
    ['finally', 0],
  ]);
});

test('a step with fallbacks is not a container, and the steps of these are not among the steps of the pipeline', () => {
  const run = recordRun();
  run.add(started('a'), failed('a'), ...fellBack('a', 'on_failure', { inner: [started('a/on_failure/n')] }));
  expect(stepTree(run.state()).map(({ path, isContainer }) => [path, isContainer])).toEqual([['a', false]]);
});
