import { ok } from '../../base/result.js';
import type { Reference } from '../../expressions/names-used.js';
import type { GroupStep, LoopStep } from '../../language/model/pipeline.js';
import { conditionHolds } from './arms.js';
import type { ContainerKind } from './container-kind.js';
import { indexedGroup, parentPath } from './indexed-step.js';
import { referencesIn, valuesOf } from './values-read.js';

/** `while` and `do_while`: each iteration is a step that needs the one before it. */
export const loopKind: ContainerKind<LoopStep> = {
  definition: ({ asks, condition, outputs }) => [asks, condition, outputs],
  list: (step, path, choice) => {
    if (choice === undefined) return undefined;
    const count = choice.kind === 'iterations' ? choice.count : 0;
    const steps = Array.from({ length: count }, (_, index) => ({
      ...iterationStep(step, index),
      needs: index === 0 ? [] : [index - 1],
    }));
    return { path: parentPath(path, step), steps };
  },
  choosing: {
    reads: ({ condition, steps }, scope) => {
      const own = new Set(steps.map(({ id }) => id.toLowerCase()));
      return valuesOf(
        referencesIn(condition).filter((reference) => !isAbout(own, reference)),
        scope,
      );
    },
    canChoose: ({ asks, condition }, scope) => (asks === 'after' ? ok(true) : conditionHolds(condition, scope)),
    openLists: ({ steps }, path) => [{ path: `${path}[n]`, steps, because: 'in each iteration' }],
  },
};

/** One iteration of a loop as a step. The list that holds it sets its needs. */
export const iterationStep = (step: LoopStep, index: number): GroupStep => ({
  ...indexedGroup(step, index, step.steps),
  name: `${step.name} [${String(index)}]`,
});

/** References to the own steps of a loop; their values do not come from outside. */
const isAbout = (own: ReadonlySet<string>, { root, path: [id] }: Reference): boolean =>
  root === 'steps' && id !== undefined && own.has(id.toLowerCase());
