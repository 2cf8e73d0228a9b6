import { numberField, type Fields } from '../read/field-values.js';
import type { LoopStep } from '../model/pipeline.js';
import { readCondition } from '../read/read-condition.js';
import { readContainer } from './read-container.js';
import { readInnerDefaults } from '../read/read-defaults.js';
import type { Reading } from '../read/scope.js';
import type { StepPoint } from '../read/step-point.js';

const MAX_ITERATIONS = 10;

/** Reads `while` or `do_while` with the steps it repeats; its condition sees their latest iteration. */
export const readLoop = (point: StepPoint, fields: Fields, reading: Reading): LoopStep => {
  const defaults = readInnerDefaults(point, fields, reading);
  const inside = point.readList(
    fields.get('steps')?.value,
    { mode: 'sequential', around: point.viewer, defaults },
    reading,
  );
  const step = {
    ...readContainer(point, { fields, defaults, inside }, reading),
    kind: 'loop' as const,
    asks: fields.has('while') ? ('before' as const) : ('after' as const),
    condition: '',
    maxIterations: numberField(fields, 'max_iterations') ?? MAX_ITERATIONS,
    steps: inside.steps,
  };
  const take = (text: string): void => {
    step.condition = text;
  };
  const viewer = { scope: inside, at: 'end' } as const;
  const node = (fields.get('while') ?? fields.get('do_while'))?.value;
  readCondition(node, { place: 'loop', viewer, take, isIf: false }, reading);
  return step;
};
