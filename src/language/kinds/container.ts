import { STEP_OUTPUTS } from '../fields/step-fields.js';
import { templatesField, type Fields } from '../read/field-values.js';
import type { ContainerBase } from '../model/pipeline.js';
import { readBase } from '../read/read-step.js';
import type { Reading, Scope } from '../read/scope.js';
import type { StepDefaults, StepPoint } from '../read/step-point.js';
import type { DeclaredOutputs } from './kind-row.js';

/** The shared part of most kinds that hold steps: other steps read their declared outputs. */
export const CONTAINER = {
  fields: [STEP_OUTPUTS],
  choosesByIf: false,
  gives: 'outputs',
  declaredOutputs: ({ outputs }: ContainerBase): DeclaredOutputs => ({
    names: Object.keys(outputs),
    where: 'its "outputs"',
  }),
} as const;

/** A container's fields, and its lists as seen by its outputs and checks. */
export type ContainerUse = { readonly fields: Fields; readonly defaults: StepDefaults; readonly inside: Scope };

/** Reads the common fields of a container after its lists. */
export const readContainer = (point: StepPoint, use: ContainerUse, reading: Reading): ContainerBase => {
  const outputs = readOutputs(use, reading);
  return { ...readBase(point, { ...use, script: '', outputs: Object.keys(outputs) }, reading), outputs };
};

/** Reads the outputs through which later steps see the steps inside. */
export const readOutputs = (
  { fields, inside }: Pick<ContainerUse, 'fields' | 'inside'>,
  reading: Reading,
): ContainerBase['outputs'] =>
  templatesField(
    fields.get('outputs')?.value,
    { place: 'container-outputs', viewer: { scope: inside, at: 'end' } },
    reading,
  );
