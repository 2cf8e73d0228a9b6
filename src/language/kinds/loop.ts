import { condition, count } from '../fields/shape.js';
import { numberField, type Fields } from '../read/field-values.js';
import type { LoopStep } from '../model/pipeline.js';
import { readCondition } from '../read/read-condition.js';
import { readInnerDefaults } from '../read/read-defaults.js';
import type { Reading } from '../read/scope.js';
import type { StepPoint } from '../read/step-point.js';
import { CONTAINER, readContainer } from './container.js';
import type { KindRow } from './kind-row.js';

/** `while` or `do_while`, with `steps`. */
export const LOOP: KindRow<'loop'> = {
  ...CONTAINER,
  word: 'loop',
  marks: [
    {
      name: 'while',
      isKind: true,
      shape: condition,
      beside: ['steps'],
      inside: 'the "steps" of "while"',
      about: 'A loop: its steps run while the condition is true.',
    },
    {
      name: 'do_while',
      isKind: true,
      shape: condition,
      beside: ['steps'],
      inside: 'the "steps" of "do_while"',
      about: 'A loop that checks its condition after each iteration.',
    },
  ],
  fields: [
    {
      name: 'max_iterations',
      shape: count,
      about: 'Largest number of iterations; by default 10. If more are needed, the step fails.',
    },
  ],
  read: (point, fields, reading) => readLoop(point, fields, reading),
};

const MAX_ITERATIONS = 10;

/** The condition sees the latest iteration. */
const readLoop = (point: StepPoint, fields: Fields, reading: Reading): LoopStep => {
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
