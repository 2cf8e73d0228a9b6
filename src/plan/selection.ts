import { err, ok, type Result } from '../base/result.js';
import { didYouMean } from '../base/suggest.js';
import { isContainer, isWithin, stepPath, type Pipeline, type Step } from '../language/model/pipeline.js';
import { reliedOn, type RunState } from '../state/run-state.js';
import { innerList } from '../evaluate/inner-list.js';
import { NO_CHOICES, type Choices } from './plan.js';

/** The options of a resume that select steps. Steps are named by path. */
export type Selection = {
  readonly rerun: readonly string[];
  readonly from?: string;
  readonly only?: string;
  /** Keep finished steps although their definition or inputs changed. */
  readonly acceptChanges: boolean;
};

/** The selection of a plain resume. */
export const NO_SELECTION: Selection = { rerun: [], acceptChanges: false };

/** Checks that every named step exists; the error suggests the nearest name. */
export const checkSelection = (pipeline: Pipeline, selection: Selection, last: RunState | undefined): Result<void> => {
  const named = [...selection.rerun, ...oneOrNone(selection.from), ...oneOrNone(selection.only)];
  if (named.length === 0) return ok(undefined);
  const known = new Set(allPaths(pipeline.steps, '', choicesOf(last)));
  const unknown = named.find((path) => !known.has(path));
  return unknown === undefined
    ? ok(undefined)
    : err(`there is no step "${unknown}" in ${pipeline.file}${didYouMean(unknown, [...known])}`);
};

/** Why a selection forces a step to run; undefined if it does not. */
export const forcedReason = (selection: Selection, path: string): string | undefined => {
  if (selection.rerun.includes(path)) return 'asked for with --rerun';
  if (selection.from === path) return 'asked for with --from';
  if (selection.only === path) return 'asked for with --only';
  return undefined;
};

/** Whether `--only` leaves a step out: it is not the named step, nor inside it, nor around it. */
export const isLeftOut = ({ only }: Selection, path: string): boolean =>
  only !== undefined && !isWithin(path, only) && !isWithin(only, path);

/** Whether `--only` names a step inside this one. */
export const isAround = ({ only }: Selection, path: string): boolean =>
  only !== undefined && only !== path && isWithin(only, path);

/** Whether the selection names a step inside this one. */
export const isNamedInside = ({ rerun, from, only }: Selection, path: string): boolean =>
  [...rerun, ...oneOrNone(from), ...oneOrNone(only)].some((named) => named !== path && isWithin(named, path));

/** The choices of containers in a run, so that steps in arms, iterations and items can be named. */
const choicesOf = (last: RunState | undefined): Choices =>
  new Map(
    [...(last?.steps.values() ?? [])].flatMap((record) => {
      const choice = reliedOn(record)?.choice ?? record.formerChoice;
      return choice === undefined ? [] : [[record.path, choice]];
    }),
  );

const oneOrNone = (path: string | undefined): readonly string[] => (path === undefined ? [] : [path]);

/** Paths of all steps as far as containers have chosen, each container before the steps in it. */
export const allPaths = (steps: readonly Step[], listPath: string, choices = NO_CHOICES): readonly string[] =>
  steps.flatMap((step) => {
    const path = stepPath(listPath, step);
    const inner = isContainer(step) ? innerList(step, path, choices.get(path)) : undefined;
    return inner === undefined ? [path] : [path, ...allPaths(inner.steps, inner.path, choices)];
  });
