import { expect, test } from 'vitest';
import { cyclesIn, rankByNeeds } from '../../../src/language/model/needs-order.js';
import { createRandom, type Random } from '../../rig/random.js';

const seeds = Array.from({ length: 40 }, (_, seed) => seed);

const randomNeeds = (random: Random): readonly (readonly number[])[] =>
  Array.from({ length: 12 }, (_, index) =>
    [random.below(12), random.below(12)].filter((need) => need !== index && random.below(2) === 0),
  );

test('steps in file order keep their places', () => {
  expect(rankByNeeds([[], [0], [0, 1]])).toEqual([0, 1, 2]);
});

test('a step that needs a later one comes after it', () => {
  expect(rankByNeeds([[2], [], [1]])).toEqual([2, 0, 1]);
});

test('a cycle is reported from its first step, and what is downstream of it is not part of it', () => {
  const needs = [[], [3], [1], [2], [3]];
  expect(rankByNeeds(needs)).toBeUndefined();
  expect(cyclesIn(needs)).toEqual([[1, 3, 2]]);
});

test('separate cycles are reported one by one', () => {
  expect(cyclesIn([[1], [0], [3], [2], []])).toEqual([
    [0, 1],
    [2, 3],
  ]);
});

test.each(seeds)('there is an order exactly when there is no cycle, and it respects every need: seed %i', (seed) => {
  const needs = randomNeeds(createRandom(seed + 1));
  const ranks = rankByNeeds(needs);
  const cycles = cyclesIn(needs);
  expect(ranks === undefined).toBe(cycles.length > 0);
  for (const [index, each] of needs.entries())
    for (const need of each) if (ranks !== undefined) expect(ranks[need]).toBeLessThan(ranks[index] ?? -1);
  for (const cycle of cycles)
    for (const [at, step] of cycle.entries()) expect(needs[step]).toContain(cycle[(at + 1) % cycle.length]);
});
