import { STEP_OUTPUTS } from '../fields/step-fields.js';
import { templatesField, type Fields } from '../read/field-values.js';
import type { ContainerBase } from '../model/pipeline.js';
import { readBase } from '../read/read-step.js';
import type { Reading, Scope } from '../read/scope.js';
import type { StepDefaults, StepPoint } from '../read/step-point.js';
import type { DeclaredOutputs } from './kind-row.js';

/** What most kinds have in common that hold steps: other steps read the outputs that they declare. */
export const CONTAINER = {
  fields: [STEP_OUTPUTS],
  choosesByIf: false,
  gives: 'outputs',
  declaredOutputs: ({ outputs }: ContainerBase): DeclaredOutputs => ({
    names: Object.keys(outputs),
    where: 'its "outputs"',
  }),
} as const;

/** A container's fields, and its lists as its outputs and checks see them. */
export type ContainerUse = { readonly fields: Fields; readonly defaults: StepDefaults; readonly inside: Scope };

/** Reads what every container has, once its lists are read. */
export const readContainer = (point: StepPoint, use: ContainerUse, reading: Reading): ContainerBase => {
  const outputs = readOutputs(use, reading);
  return { ...readBase(point, { ...use, script: '', outputs: Object.keys(outputs) }, reading), outputs };
};

/** What later steps see of the steps inside. */
export const readOutputs = (
  { fields, inside }: Pick<ContainerUse, 'fields' | 'inside'>,
  reading: Reading,
): ContainerBase['outputs'] =>
  templatesField(
    fields.get('outputs')?.value,
    { place: 'container-outputs', viewer: { scope: inside, at: 'end' } },
    reading,
  );
