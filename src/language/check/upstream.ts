import type { Scope } from '../read/scope.js';

/** Whether a step of a list has certainly settled before another step of the list starts. */
export type Upstream = (scope: Scope, target: number, from: number) => boolean;

/**
 * Decides this without a table of all pairs. Runs of steps in which each needs the one before are known at once; beyond
 * them it walks back along the needs, no further than the target, and caches the result. In a list with a cycle every
 * step counts as upstream, because the cycle is the mistake to fix.
 */
export const newUpstream = (): Upstream => {
  const reaches = new Map<Scope, Reach>();
  return (scope, target, from) => {
    if (scope.ranks === undefined) return true;
    const reach = reaches.get(scope) ?? newReach(scope, scope.ranks);
    reaches.set(scope, reach);
    return walkBack(reach, target, from);
  };
};

type Reach = {
  readonly needs: Scope['needs'];
  readonly ranks: readonly number[];
  /** By step: the lowest rank from which every step up to it is upstream of it. */
  readonly stretches: readonly number[];
  /** By target: steps known to be after it. */
  readonly known: Map<number, Set<number>>;
};

const newReach = ({ needs }: Scope, ranks: readonly number[]): Reach => {
  const order: number[] = [];
  for (const [index, rank] of ranks.entries()) order[rank] = index;
  const stretches = ranks.map((rank) => rank);
  for (const [rank, index] of order.entries()) {
    const before = order[rank - 1];
    if (before !== undefined && needs[index]?.includes(before)) stretches[index] = stretches[before] ?? rank;
  }
  return { needs, ranks, stretches, known: new Map() };
};

const walkBack = ({ needs, ranks, stretches, known }: Reach, target: number, from: number): boolean => {
  const after = known.get(target) ?? new Set<number>();
  known.set(target, after);
  const rank = ranks[target] ?? 0;
  const seen = new Set<number>();
  const open = [from];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    const ownRank = ranks[index] ?? 0;
    if (ownRank <= rank || seen.has(index)) continue;
    seen.add(index);
    if ((stretches[index] ?? ownRank) <= rank || after.has(index) || needs[index]?.includes(target)) {
      after.add(from);
      return true;
    }
    for (const need of needs[index] ?? []) open.push(need);
  }
  return false;
};
