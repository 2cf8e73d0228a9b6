import type { Fields } from '../read/field-values.js';
import * as shared from '../fields/shared-fields.js';
import type { ContainerBase, Step } from '../model/pipeline.js';
import { readInnerDefaults } from '../read/read-defaults.js';
import type { Reading } from '../read/scope.js';
import type { ListMode } from '../read/step-needs.js';
import type { StepPoint } from '../read/step-point.js';
import { CONTAINER, readContainer } from './container.js';
import type { KindRow } from './kind-row.js';

/** `steps: [...]` */
export const GROUP: KindRow<'group'> = {
  ...CONTAINER,
  word: 'group',
  marks: [
    {
      name: 'steps',
      isKind: true,
      shape: shared.steps,
      about: 'A group: steps that run one after the other. In a loop or fan-out, the steps it repeats.',
    },
  ],
  read: (point, fields, reading) => readGroup(point, { fields, kind: 'group' }, reading),
};

/** `parallel: [...]` */
export const PARALLEL: KindRow<'parallel'> = {
  ...CONTAINER,
  word: 'group',
  marks: [
    {
      name: 'parallel',
      isKind: true,
      shape: shared.steps,
      about: 'Steps that run at the same time; the next step waits for all of them.',
    },
  ],
  read: (point, fields, reading) => readGroup(point, { fields, kind: 'parallel' }, reading),
};

/** The key of each kind's list, and what its steps wait for by default. */
const LISTS = {
  group: { key: 'steps', mode: 'sequential' },
  parallel: { key: 'parallel', mode: 'parallel' },
} as const satisfies Record<string, { readonly key: string; readonly mode: ListMode }>;

const readGroup = <Kind extends keyof typeof LISTS>(
  point: StepPoint,
  { fields, kind }: { readonly fields: Fields; readonly kind: Kind },
  reading: Reading,
): ContainerBase & { readonly kind: Kind; readonly steps: readonly Step[] } => {
  const { key, mode } = LISTS[kind];
  const defaults = readInnerDefaults(point, fields, reading);
  const inside = point.readList(fields.get(key)?.value, { mode, around: point.viewer, defaults }, reading);
  return { ...readContainer(point, { fields, defaults, inside }, reading), kind, steps: inside.steps };
};
