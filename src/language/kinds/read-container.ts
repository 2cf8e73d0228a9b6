import { templatesField, type Fields } from '../read/field-values.js';
import type { ContainerBase, GroupStep, ParallelStep } from '../model/pipeline.js';
import { readInnerDefaults } from '../read/read-defaults.js';
import { readBase } from '../read/read-step.js';
import type { Reading, Scope } from '../read/scope.js';
import type { StepDefaults, StepPoint } from '../read/step-point.js';

/** Reads a group, or steps side by side. */
export const readGroup = (
  point: StepPoint,
  { fields, kind }: { readonly fields: Fields; readonly kind: 'group' | 'parallel' },
  reading: Reading,
): GroupStep | ParallelStep => {
  const defaults = readInnerDefaults(point, fields, reading);
  const list = fields.get(kind === 'group' ? 'steps' : 'parallel')?.value;
  const mode = kind === 'group' ? 'sequential' : 'parallel';
  const inside = point.readList(list, { mode, around: point.viewer, defaults }, reading);
  return { ...readContainer(point, { fields, defaults, inside }, reading), kind, steps: inside.steps };
};

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
