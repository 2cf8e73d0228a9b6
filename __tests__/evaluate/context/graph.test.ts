import { describe, expect, test } from 'vitest';
import { dependentsOf, executionOrder } from '../../../src/evaluate/context/graph.js';
import type { Step } from '../../../src/language/model/pipeline.js';
import { createRandom } from '../../rig/random.js';
import { pipeline, script } from '../../plan/pipeline-builder.js';

const listOf = (needs: Readonly<Record<string, readonly string[]>>): readonly Step[] =>
  pipeline(Object.entries(needs).map(([id, each]) => script(id, { needs: each }))).steps;

const idsInOrder = (steps: readonly Step[]): readonly (string | undefined)[] =>
  executionOrder(steps).map((index) => steps[index]?.id);

test('the dependents of a step are those that name it, in the order of the file', () => {
  expect(dependentsOf(listOf({ a: [], b: ['a'], c: ['a', 'b'], d: [] }))).toEqual([[1, 2], [2], [], []]);
});

describe('the order of execution', () => {
  test.each<[string, Readonly<Record<string, readonly string[]>>, string]>([
    ['is that of the file where each need is before its step', { a: [], b: [], c: ['a'], d: ['b'] }, 'abcd'],
    ['puts a need that stands later first', { a: ['c'], b: [], c: [] }, 'bca'],
    ['follows a chain that is written backwards', { a: ['b'], b: ['c'], c: ['d'], d: [] }, 'dcba'],
    [
      'joins a diamond once both sides are there',
      { join: ['left', 'right'], left: ['top'], right: ['top'], top: [] },
      'topleftrightjoin',
    ],
    ['of nothing is nothing', {}, ''],
  ])('%s', (_, needs, expected) => {
    expect(idsInOrder(listOf(needs)).join('')).toBe(expected);
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('has each step once, after all it needs (seed %i)', (seed) => {
    const random = createRandom(seed);
    const ranks = Array.from({ length: 60 }, (_, index) => ({ index, rank: random.below(1_000_000) }));
    const byRank = ranks.toSorted((one, other) => one.rank - other.rank).map(({ index }) => index);
    const needs = new Map(
      byRank.map((index, place) => [index, byRank.slice(0, place).filter(() => random.below(20) === 0)]),
    );
    const steps = pipeline(
      ranks.map(({ index }) => script(`s${index}`, { needs: (needs.get(index) ?? []).map((need) => `s${need}`) })),
    ).steps;
    const order = executionOrder(steps);
    expect(order.toSorted((one, other) => one - other)).toEqual(steps.map((_, index) => index));
    const place = new Map(order.map((index, at) => [index, at]));
    const early = steps.filter((step, index) =>
      step.needs.some((need) => (place.get(need) ?? 0) > (place.get(index) ?? 0)),
    );
    expect(early).toEqual([]);
  });

  test('of a chain of 10,000 steps written backwards takes no stack', () => {
    const count = 10_000;
    const chain = Array.from({ length: count }, (_, index) =>
      script(`s${index}`, { needs: index + 1 < count ? [`s${index + 1}`] : [] }),
    );
    const order = executionOrder(pipeline(chain).steps);
    expect([order[0], order.at(-1), order.length]).toEqual([count - 1, 0, count]);
  });
});
