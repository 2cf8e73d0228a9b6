import { ok, type Result } from '../../base/result.js';
import { evaluateCondition, type Scope } from '../../expressions/evaluate.js';
import { parseCondition } from '../../expressions/parse-template.js';
import type { FailureMode, Step } from '../../language/model/pipeline.js';
import type { AbortCause } from '../../state/event.js';

/** Possible reasons to hold a step back once its needs have settled. */
export type Hold = {
  /** Why the list is being stopped. */
  readonly stopped: AbortCause | undefined;
  /** The upstream step that failed, or was held back by a failure. */
  readonly failedUpstream: string | undefined;
  /** A step of the list that failed, upstream or not. */
  readonly failedInList: string | undefined;
  readonly mode: FailureMode;
};

/** Why a step was held back. A stop or a failure also holds back its dependents; its own condition does not. */
export type HeldBack =
  | { readonly by: 'failure' | 'condition'; readonly because: string }
  | { readonly by: 'stop'; readonly cause: AbortCause; readonly because: string };

/** Why a step does not start, or undefined when it does; an error when its condition cannot be evaluated. */
export const holdReason = (step: Step, hold: Hold, scope: Scope): Result<HeldBack | undefined> => {
  if (hold.stopped !== undefined) return ok({ by: 'stop', cause: hold.stopped, because: STOPPED[hold.stopped] });
  const failed = hold.failedUpstream ?? (hold.mode === 'keep_going' ? undefined : hold.failedInList);
  if (step.if === undefined) return ok(failed === undefined ? undefined : heldByFailure(failed));
  if (failed === undefined) return heldByCondition(step.if, scope);
  const asked = functionsIn(step.if);
  if (ASKING_ANYWAY.some((name) => asked.includes(name))) return heldByCondition(step.if, scope);
  // `success()` only covers the step's needs, so `!success()` may hold; a failure elsewhere always holds the step back.
  if (hold.failedUpstream === undefined || !asked.includes('success')) return ok(heldByFailure(failed));
  const held = heldByCondition(step.if, scope);
  return held.ok && held.value !== undefined ? ok(heldByFailure(failed)) : held;
};

/** A condition that calls one of these is evaluated even after a failure; on GitHub, `!cancelled()` is usual. */
const ASKING_ANYWAY = ['always', 'failure', 'cancelled'];

const STOPPED: Readonly<Record<AbortCause, string>> = {
  signal: 'the run was aborted',
  'earlier-failure': 'another step failed',
  'timeout-of-container': 'the time of what it belongs to was up',
  gate: 'the run was aborted at a gate',
};

const heldByFailure = (failed: string): HeldBack => ({ by: 'failure', because: `"${failed}" did not succeed` });

const heldByCondition = (condition: string, scope: Scope): Result<HeldBack | undefined> => {
  const holds = evaluateCondition(condition, scope);
  if (!holds.ok) return holds;
  return ok(holds.value ? undefined : { by: 'condition', because: `its condition does not hold: ${condition}` });
};

/** Names of the functions a condition calls, in lower case. */
const functionsIn = (condition: string): readonly string[] => {
  const parsed = parseCondition(condition);
  return parsed.ok ? parsed.value.functions.map(({ name }) => name) : [];
};
