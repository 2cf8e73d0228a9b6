import { describe, expect, test } from 'vitest';
import type { Json } from '../../src/base/stable-json.js';
import { isContainer, type ContainerStep } from '../../src/language/model/pipeline.js';
import { childrenOf, innerList } from '../../src/evaluate/inner-list.js';
import type { Choice, StepRecord } from '../../src/state/run-state.js';
import {
  branch,
  call,
  fanOut,
  group,
  loop,
  parallel,
  pipeline,
  script,
  switchOn,
  type LooseStep,
} from '../plan/pipeline-builder.js';
import { stepRecord } from '../plan/step-record.js';

const container = ({ step }: LooseStep): ContainerStep => {
  if (!isContainer(step)) throw new Error('a container');
  return step;
};

const pathsIn = (loose: LooseStep, choice?: Choice): readonly string[] | undefined => {
  const step = container(loose);
  const path = `outer/${step.id}`;
  const record: StepRecord = stepRecord({ path, ...(choice !== undefined && { choice }) });
  return innerList(step, path, choice) && childrenOf(step, path, () => record).map((child) => child.path);
};

const two = [script('x'), script('y')];
const items = (...list: readonly Json[]): Choice => ({ kind: 'items', items: list, isWithheld: false });

describe('the list that a container runs', () => {
  test.each<[string, LooseStep, Choice | undefined, readonly string[] | undefined]>([
    ['a group', group('g', two), undefined, ['outer/g/x', 'outer/g/y']],
    ['parallel steps', parallel('p', two), undefined, ['outer/p/x', 'outer/p/y']],
    ['a call', call('c', pipeline(two)), undefined, ['outer/c/x', 'outer/c/y']],
    [
      'an arm',
      branch('b', { condition: 'a', then: two }),
      { kind: 'arm', arm: 'then' },
      ['outer/b/then/x', 'outer/b/then/y'],
    ],
    [
      'a case',
      switchOn('s', { value: 'a', cases: { k: two } }),
      { kind: 'arm', arm: 'k' },
      ['outer/s/k/x', 'outer/s/k/y'],
    ],
    [
      'iterations',
      loop('l', { condition: 'a', steps: two }),
      { kind: 'iterations', count: 2, isOver: false },
      ['outer/l[0]', 'outer/l[1]'],
    ],
    ['items', fanOut('f', { items: [], body: two }), items('a', 'b'), ['outer/f[0]', 'outer/f[1]']],
    ['no items', fanOut('f', { items: [], body: two }), items(), []],
    ['an arm that is gone', branch('b', { condition: 'a', then: two }), { kind: 'arm', arm: 'else' }, undefined],
    ['an arm not chosen', branch('b', { condition: 'a', then: two }), undefined, undefined],
    ['no iterations yet', loop('l', { condition: 'a', steps: two }), undefined, undefined],
    ['a choice of another kind', fanOut('f', { items: [], body: two }), { kind: 'arm', arm: 'then' }, undefined],
  ])('%s', (...[, step, choice, paths]) => {
    expect(pathsIn(step, choice)).toEqual(paths);
  });

  test('has iterations one after the other, and items side by side', () => {
    const iterations = innerList(container(loop('l', { condition: 'a', steps: two })), 'l', {
      kind: 'iterations',
      count: 3,
      isOver: true,
    });
    expect(iterations?.steps.map(({ needs }) => needs)).toEqual([[], [0], [1]]);
    const list = innerList(container(fanOut('f', { items: [], body: script('s', {}) })), 'f', items(1, 2));
    expect(list?.steps.map(({ kind, id, needs }) => [kind, id, needs])).toEqual([
      ['script', 'f[0]', []],
      ['script', 'f[1]', []],
    ]);
  });

  test('is the one that steps after it rely on, where it is only held back', () => {
    const step = container(branch('b', { condition: 'a', then: two }));
    const record = stepRecord({ status: 'skipped', lastFinish: stepRecord({ choice: { kind: 'arm', arm: 'then' } }) });
    expect(childrenOf(step, 'b', () => record).map(({ path }) => path)).toEqual(['b/then/x', 'b/then/y']);
  });
});
