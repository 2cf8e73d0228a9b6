import { stepPath, type ContainerStep, type Step } from '../language/model/pipeline.js';
import { reliedOn, type Choice, type StepRecord } from '../state/run-state.js';
import type { InnerList } from './kinds/container-kind.js';
import { containerKind } from './kinds/kinds.js';

/** What is known of a step by its path. */
export type RecordOf = (path: string) => StepRecord | undefined;

/**
 * The one list that a container runs, as far as it has been chosen: its steps, the arm taken, or its iterations or items
 * so far, each a step of its own. `path` is the container's. Undefined: nothing has been chosen.
 */
export const innerList = (step: ContainerStep, path: string, choice: Choice | undefined): InnerList | undefined =>
  containerKind(step).list(step, path, choice);

/** The list a container runs, as its record says, or what steps after it rely on. */
export const recordedList = (step: ContainerStep, path: string, record: RecordOf): InnerList | undefined =>
  innerList(step, path, reliedOn(record(path))?.choice);

/** Paths of the steps that run in a container, each with its step, as its record says. */
export const childrenOf = (
  step: ContainerStep,
  path: string,
  record: RecordOf,
): readonly { readonly step: Step; readonly path: string }[] => {
  const list = recordedList(step, path, record);
  return list === undefined ? [] : list.steps.map((child) => ({ step: child, path: stepPath(list.path, child) }));
};
