type Needs = readonly (readonly number[])[];

/** Each step's position in an order in which every step comes after its needs; undefined if there is a cycle. */
export const rankByNeeds = (needs: Needs): readonly number[] | undefined => {
  const isFileOrder = needs.every((each, index) => each.every((need) => need < index));
  if (isFileOrder) return needs.map((_, index) => index);
  const ranks = rankReachable(needs);
  return ranks.includes(-1) ? undefined : ranks;
};

/** The cycles found by walking along the needs; of cycles that share steps only one is found. */
export const cyclesIn = (needs: Needs): readonly (readonly number[])[] => {
  const stuck = rankReachable(needs).map((rank) => rank === -1);
  // Every stuck step needs a stuck step, so each walk ends in a cycle or at a step of an earlier walk.
  const walks = new Int32Array(needs.length);
  const cycles: (readonly number[])[] = [];
  for (let start = 0; start < needs.length; start += 1) {
    const path: number[] = [];
    let at: number | undefined = stuck[start] ? start : undefined;
    while (at !== undefined && walks[at] === 0) {
      walks[at] = start + 1;
      path.push(at);
      at = needs[at]?.find((need) => stuck[need]);
    }
    if (at !== undefined && path.length > 0 && walks[at] === start + 1)
      cycles.push(fromSmallest(path.slice(path.indexOf(at))));
  }
  return cycles;
};

/** Kahn's algorithm; -1 for steps on a cycle or downstream of one. */
const rankReachable = (needs: Needs): readonly number[] => {
  const dependents = needs.map((): number[] => []);
  const waiting = needs.map((each) => each.length);
  for (const [index, each] of needs.entries()) for (const need of each) dependents[need]?.push(index);
  const ready = [...needs.keys()].filter((index) => waiting[index] === 0);
  const ranks = needs.map(() => -1);
  for (let next = 0; next < ready.length; next += 1) {
    const index = ready[next] ?? 0;
    ranks[index] = next;
    for (const dependent of dependents[index] ?? []) {
      waiting[dependent] = (waiting[dependent] ?? 0) - 1;
      if (waiting[dependent] === 0) ready.push(dependent);
    }
  }
  return ranks;
};

/** Rotates a cycle so that it starts with the step that comes first in the file. */
const fromSmallest = (cycle: readonly number[]): readonly number[] => {
  const smallest = cycle.reduce((least, index) => Math.min(least, index));
  const at = cycle.indexOf(smallest);
  return [...cycle.slice(at), ...cycle.slice(0, at)];
};
