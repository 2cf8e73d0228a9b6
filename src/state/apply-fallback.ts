import { invariant } from '../base/assert.js';
import { calledFilePath, FALLBACK_NAMES, isWithin, pathBelow } from '../language/model/pipeline.js';
import type { RunEvent } from './event.js';
import { fallbackAround } from './in-fallback.js';
import { holdsSteps, type RunState } from './run-state.js';

type Started = Extract<RunEvent, { readonly type: 'fallback_started' }>;
type Finished = Extract<RunEvent, { readonly type: 'fallback_finished' }>;

/** Applies the start of a fallback. */
export const startFallback = (state: RunState, { step, fallback, at, attempt }: Started): void => {
  state.fallbacks.set(pathBelow(step, fallback), {
    owner: step,
    name: fallback,
    status: 'running',
    runAttempt: attempt,
    startedAt: at,
    durationMs: 0,
    steps: [],
  });
};

/** Adds a started or skipped step to its fallback, if it is in one. */
export const noteStep = ({ fallbacks }: RunState, step: string): void => {
  if (fallbacks.size === 0) return;
  const path = fallbackAround(step);
  if (path !== undefined) fallbacks.get(path)?.steps.push(step);
};

/** Applies the end of a fallback. */
export const finishFallback = (state: RunState, { step, fallback, status, duration_ms, error }: Finished): void => {
  const path = pathBelow(step, fallback);
  const before = state.fallbacks.get(path);
  invariant(before !== undefined, `"${path}" has started before it ends`);
  state.fallbacks.set(path, { ...before, status, durationMs: duration_ms, ...(error !== undefined && { error }) });
};

/** The error of a step or fallback that was running when its run was interrupted. */
export const INTERRUPTED = 'the run was interrupted';

/** Marks fallbacks as aborted that were running in an interrupted run attempt. */
export const interruptedFallbacks = (state: RunState, attempt: number): void => {
  for (const [path, record] of state.fallbacks) {
    if (record.status === 'running' && record.runAttempt === attempt)
      state.fallbacks.set(path, { ...record, status: 'aborted', error: INTERRUPTED });
  }
};

/**
 * Drops the fallbacks, with their steps, of a step that starts again and of the file it calls. An empty path stands for the
 * pipeline.
 */
export const forgetFallbacks = (state: RunState, owner: string): void => {
  if (state.fallbacks.size === 0) return;
  for (const path of [owner, calledFilePath(owner)]) {
    for (const name of FALLBACK_NAMES) forgetFallback(state, pathBelow(path, name));
  }
};

const forgetFallback = (state: RunState, path: string): void => {
  const fallback = state.fallbacks.get(path);
  state.fallbacks.delete(path);
  for (const step of fallback?.steps ?? []) {
    state.steps.delete(step);
    forgetFallbacks(state, step);
  }
};

/**
 * Drops the inner steps and fallbacks of a step that its own condition now skips. Free of cost when there are none.
 */
export const forgetInside = (state: RunState, step: string): void => {
  const before = state.steps.get(step);
  if (before === undefined) return;
  forgetFallbacks(state, step);
  if (holdsSteps(before.lastFinish ?? before)) forgetWhere(state, (path) => path !== step && isWithin(path, step));
};

/** Drops steps and their fallbacks. */
export const forgetWhere = (state: RunState, isForgotten: (path: string) => boolean): void => {
  for (const path of [...state.steps.keys()].filter(isForgotten)) state.steps.delete(path);
  for (const [path, { owner }] of [...state.fallbacks]) if (isForgotten(owner)) state.fallbacks.delete(path);
};
