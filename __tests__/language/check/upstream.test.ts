import { expect, test } from 'vitest';
import { rankByNeeds } from '../../../src/language/model/needs-order.js';
import type { Scope } from '../../../src/language/read/scope.js';
import { newUpstream } from '../../../src/language/check/upstream.js';
import { createRandom, type Random } from '../../rig/random.js';

const scopeOf = (needs: readonly (readonly number[])[]): Scope => ({
  ids: new Map(),
  needs,
  ranks: rankByNeeds(needs),
  nodes: [],
  steps: [],
  around: undefined,
  contexts: [],
  fallbackDepth: 0,
});

const isAncestor = (needs: readonly (readonly number[])[], target: number, from: number): boolean =>
  (needs[from] ?? []).some((need) => need === target || isAncestor(needs, target, need));

const permuted = (needs: readonly (readonly number[])[], random: Random): readonly (readonly number[])[] => {
  const places = needs.map((_, index) => index).toSorted(() => random.below(3) - 1);
  const result: (readonly number[])[] = [];
  for (const [index, each] of needs.entries()) result[places[index] ?? 0] = each.map((need) => places[need] ?? 0);
  return result;
};

test.each(Array.from({ length: 40 }, (_, seed) => seed))(
  'it agrees with a plain search, in any order of asking: seed %i',
  (seed) => {
    const random = createRandom(seed + 1);
    const chained = Array.from({ length: 14 }, (_, index) =>
      index === 0 ? [] : random.below(3) > 0 ? [index - 1] : [random.below(index), random.below(index)],
    );
    const needs = permuted(chained, random);
    const scope = scopeOf(needs);
    const upstream = newUpstream();
    for (let turn = 0; turn < 200; turn += 1) {
      const [target, from] = [random.below(14), random.below(14)];
      expect(upstream(scope, target, from), `${target} before ${from}`).toBe(isAncestor(needs, target, from));
    }
  },
);

test('in a list with a cycle nothing is reported twice, so everything counts as upstream', () => {
  expect(newUpstream()(scopeOf([[1], [0], []]), 2, 0)).toBe(true);
});
