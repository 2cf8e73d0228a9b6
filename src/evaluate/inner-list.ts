import { cutMiddle } from '../base/cut-text.js';
import type { Json } from '../base/stable-json.js';
import { asText, isTemplate } from '../expressions/template-text.js';
import {
  NO_FALLBACKS,
  pathBelow,
  stepPath,
  type ContainerStep,
  type FanOutStep,
  type GroupStep,
  type LoopStep,
  type ProcessStep,
  type Step,
} from '../language/model/pipeline.js';
import { reliedOn, type Choice, type StepRecord } from '../state/run-state.js';

/** A list of steps that runs, and the path its steps stand below. */
export type InnerList = { readonly path: string; readonly steps: readonly Step[] };

/** What is known of a step by its path. */
export type RecordOf = (path: string) => StepRecord | undefined;

/**
 * The one list that a container runs, as far as it has been chosen: its steps, the arm taken, or its iterations or items
 * so far, each a step of its own. `path` is the container's. Undefined: nothing has been chosen.
 */
export const innerList = (step: ContainerStep, path: string, choice: Choice | undefined): InnerList | undefined => {
  switch (step.kind) {
    case 'group':
    case 'parallel':
      return { path, steps: step.steps };
    case 'pipeline':
      return { path, steps: step.called.steps };
    case 'branch':
    case 'switch': {
      const arm = choice?.kind === 'arm' ? step.arms.find(({ name }) => name === choice.arm) : undefined;
      return arm === undefined ? undefined : { path: pathBelow(path, arm.name), steps: arm.steps };
    }
    case 'loop': {
      const count = choice?.kind === 'iterations' ? choice.count : 0;
      const steps = Array.from({ length: count }, (_, index) => ({
        ...iterationStep(step, index),
        needs: needsOf(index),
      }));
      return choice === undefined ? undefined : { path: parentPath(path, step), steps };
    }
    case 'fan-out': {
      if (choice?.kind !== 'items') return undefined;
      return {
        path: parentPath(path, step),
        steps: choice.items.map((item, index) => itemStep(step, { item, index })),
      };
    }
  }
};

/** Whether a container decides for itself which steps it runs. */
export const isChoosing = ({ kind }: ContainerStep): boolean =>
  kind !== 'group' && kind !== 'parallel' && kind !== 'pipeline';

const needsOf = (index: number): readonly number[] => (index === 0 ? [] : [index - 1]);

/** One iteration of a loop as a step. It needs nothing: who puts several in a list says what they need. */
export const iterationStep = (step: LoopStep, index: number): GroupStep => ({
  ...groupStep(step, index),
  name: `${step.name} [${String(index)}]`,
});

/** An item of a fan-out as it may be shown, and its place in the list. */
export type IndexedItem = { readonly item: Json; readonly index: number };

/** One item of a fan-out as a step, which needs nothing. */
export const itemStep = (step: FanOutStep, { item, index }: IndexedItem): GroupStep | ProcessStep => {
  const name = `${step.name} (${itemText(item)})`;
  return 'one' in step.body
    ? { ...step.body.one, id: indexedId(step, index), name, needs: [] }
    : { ...groupStep(step, index), name, outputs: step.outputs };
};

const SHOWN_CHARACTERS = 40;

/** On one line, cut to length, and never evaluated: a text with an expression in it is quoted in one. */
const itemText = (item: Json): string => {
  const text = cutMiddle(asText(item).replaceAll(/\s+/g, ' ').trim(), SHOWN_CHARACTERS);
  return isTemplate(text) ? `\${{ '${text.replaceAll("'", "''")}' }}` : text;
};

const groupStep = (step: LoopStep | FanOutStep, index: number): GroupStep => ({
  kind: 'group',
  id: indexedId(step, index),
  name: step.name,
  line: step.line,
  needs: [],
  env: {},
  continueOnError: false,
  onResume: 'skip',
  reads: [],
  writes: [],
  expect: [],
  fallbacks: NO_FALLBACKS,
  outputs: {},
  steps: stepsOf(step),
});

const stepsOf = (step: LoopStep | FanOutStep): readonly Step[] => {
  if (step.kind === 'loop') return step.steps;
  return 'steps' in step.body ? step.body.steps : [];
};

/** The id of an iteration or item, which is its last segment in paths: `build[2]`. */
const indexedId = ({ id }: Step, index: number): string => `${id}[${String(index)}]`;

/** The path of the list that a step of this path stands in. */
export const parentPath = (path: string, { id }: Step): string =>
  path.slice(0, Math.max(0, path.length - id.length - 1));

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
