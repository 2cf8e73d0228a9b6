import { ok, type Result } from '../base/result.js';
import { evaluateCondition, type Scope } from '../expressions/evaluate.js';
import { parseCondition } from '../expressions/parse-template.js';
import type { FailureMode, Step } from '../language/pipeline.js';
import type { AbortCause } from '../state/event.js';

/** What may hold a step back when its needs have settled. */
export type Hold = {
  /** Why the list is being stopped. */
  readonly aborted: AbortCause | undefined;
  /** The step upstream that failed, or was held back by a failure. */
  readonly failedUpstream: string | undefined;
  /** A step of the list that failed, upstream or not. */
  readonly failedInList: string | undefined;
  readonly mode: FailureMode;
};

/** Why a step does not start, or undefined when it does; an error when its condition cannot be evaluated. */
export const holdReason = (step: Step, hold: Hold, scope: Scope): Result<HeldBack | undefined> => {
  if (hold.aborted !== undefined) return ok({ by: 'failure', because: STOPPED[hold.aborted] });
  const blocked = blockedBy(step, hold);
  if (blocked !== undefined) return ok({ by: 'failure', because: `"${blocked}" did not succeed` });
  if (step.if === undefined) return ok(undefined);
  const holds = evaluateCondition(step.if, scope);
  if (!holds.ok) return holds;
  return ok(holds.value ? undefined : { by: 'condition', because: `its condition does not hold: ${step.if}` });
};

/** Why a step was held back: a failure (which also holds back what needs the step), or only its own condition. */
export type HeldBack = { readonly by: 'failure' | 'condition'; readonly because: string };

const STOPPED: Readonly<Record<AbortCause, string>> = {
  signal: 'the run was aborted',
  'earlier-failure': 'another step failed',
  'timeout-of-container': 'the time of its group was up',
  gate: 'the run was aborted at a gate',
};

/** The failure that keeps a step from starting unless its condition asks for failures. */
const blockedBy = (step: Step, { failedUpstream, failedInList, mode }: Hold): string | undefined => {
  const failed = failedUpstream ?? (mode === 'keep_going' ? undefined : failedInList);
  if (failed === undefined || step.if === undefined) return failed;
  const condition = parseCondition(step.if);
  if (!condition.ok) return undefined;
  const used = condition.value.functions.map(({ name }) => name);
  if (used.includes('always') || used.includes('failure')) return undefined;
  // `success()` asks about the steps it needs; the list being stopped holds it back all the same.
  return failed;
};
