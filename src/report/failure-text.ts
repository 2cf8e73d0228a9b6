import type { RunState, StepRecord } from '../state/run-state.js';
import { safeText } from './text/safe-text.js';

/** The step that failed first; undefined when no step failed. */
export const failedStep = (state: RunState): StepRecord | undefined =>
  state.failedStep === undefined ? undefined : state.steps.get(state.failedStep);

/**
 * The failure of a run, to append to its verdict: ` at Compile in Each (b.js) (each[2]/compile): exit code 1`; empty when
 * nothing is known.
 */
export const failureText = (state: RunState): string => {
  const record = failedStep(state);
  if (record !== undefined) return ` at ${placeOf(record, state)}: ${safeText(record.error ?? record.status)}`;
  const fallback = state.fallbacks.get(state.failedStep ?? '');
  const error = fallback?.error ?? state.error;
  const place = fallback === undefined ? '' : ` at ${state.failedStep ?? ''}`;
  return error === undefined ? place : `${place}: ${safeText(error)}`;
};

const placeOf = (record: StepRecord, state: RunState): string => {
  const around = itemsAround(record.path, state).map(({ name }) => safeText(name));
  const path = record.name === record.path ? '' : ` (${record.path})`;
  return `${safeText(record.name)}${around.length === 0 ? '' : ` in ${around.join(', ')}`}${path}`;
};

/** The items and iterations around a step, outermost first. */
const itemsAround = (path: string, { steps }: RunState): readonly StepRecord[] =>
  [...path.matchAll(/\](?=\/)/g)].flatMap(({ index }) => steps.get(path.slice(0, index + 1)) ?? []);

/** Advice for a run that failed because a loop reached `max_iterations`; undefined otherwise. */
export const loopAdvice = (state: RunState): string | undefined => {
  const record = failedStep(state);
  if (record?.kind !== 'loop' || record.error?.startsWith('reached max_iterations') !== true) return undefined;
  return `raise max_iterations of "${record.path}", or find out why its condition still holds; a resume starts it from its first iteration`;
};
