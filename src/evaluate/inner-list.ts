import { stepPath, type ContainerStep, type Step } from '../language/model/pipeline.js';
import { reliedOn, type Choice, type StepRecord } from '../state/run-state.js';
import type { InnerList } from './kinds/container-kind.js';
import { containerKind } from './kinds/kinds.js';

/** Finds the record of a step by its path. */
export type RecordOf = (path: string) => StepRecord | undefined;

/**
 * The list that a container runs, as far as it has chosen: its steps, the arm taken, or its iterations or items so far,
 * each as a step. `path` is that of the container. Undefined if nothing has been chosen.
 */
export const innerList = (step: ContainerStep, path: string, choice: Choice | undefined): InnerList | undefined =>
  containerKind(step).list(step, path, choice);

/** The list that a container runs, by the record that later steps rely on. */
export const recordedList = (step: ContainerStep, path: string, record: RecordOf): InnerList | undefined =>
  innerList(step, path, reliedOn(record(path))?.choice);

/** The steps that run in a container, with their paths, by its record. */
export const childrenOf = (
  step: ContainerStep,
  path: string,
  record: RecordOf,
): readonly { readonly step: Step; readonly path: string }[] => {
  const list = recordedList(step, path, record);
  return list === undefined ? [] : list.steps.map((child) => ({ step: child, path: stepPath(list.path, child) }));
};
