import type { Step } from '../../language/model/pipeline.js';

/** For each step of a list, the positions of the steps that wait for it directly. */
export const dependentsOf = (steps: readonly Step[]): readonly (readonly number[])[] => {
  const dependents: number[][] = steps.map(() => []);
  steps.forEach((step, index) => {
    for (const need of step.needs) dependents[need]?.push(index);
  });
  return dependents;
};

/**
 * Positions of a list's steps so that each comes after what it needs, file order otherwise.
 * Iterative and linear (Kahn 1962); the language has ruled out cycles.
 */
export const executionOrder = (steps: readonly Step[]): readonly number[] => {
  if (steps.every((step, index) => step.needs.every((need) => need < index))) return steps.map((_, index) => index);
  const dependents = dependentsOf(steps);
  const waitingFor = steps.map((step) => step.needs.length);
  const order = steps.flatMap((step, index) => (step.needs.length === 0 ? [index] : []));
  for (const index of order) {
    for (const dependent of dependents[index] ?? []) {
      const left = (waitingFor[dependent] ?? 0) - 1;
      waitingFor[dependent] = left;
      if (left === 0) order.push(dependent);
    }
  }
  return order;
};
