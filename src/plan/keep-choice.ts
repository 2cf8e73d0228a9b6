import type { Result } from '../base/result.js';
import type { Json } from '../base/stable-json.js';
import type { Scope } from '../expressions/evaluate.js';
import type { ContainerStep } from '../language/model/pipeline.js';
import type { Fingerprint } from '../state/event.js';
import { reliedOn, type Choice, type StepRecord } from '../state/run-state.js';
import { lastTime } from './finished.js';
import { changeBetween } from '../evaluate/fingerprint.js';
import { innerList } from '../evaluate/inner-list.js';
import { containerKind } from '../evaluate/kinds/kinds.js';
import { isAround, type Selection } from './selection.js';

/** The fate of a container's choice: it is kept, follows a changed list, or is made again. */
export type KeptChoice =
  | { readonly kind: 'kept'; readonly choice: Choice }
  | { readonly kind: 'changed'; readonly choice: Choice; readonly because: string }
  | { readonly kind: 'rechosen'; readonly because: string };

/** The record of a container that has chosen, and the current inputs of its choice. */
export type ChoiceQuestion = {
  readonly record: StepRecord;
  readonly fingerprint: Fingerprint;
  /** The scope of its own expression. */
  readonly scope: Scope;
};

const LIST_CHANGED = 'its list changed';
const ITEMS_WITHHELD = 'its items hold a secret, which is not stored';

/** Keeps a choice while its inputs are unchanged; a changed `for_each` list is evaluated immediately. */
export const keepChoice = (step: ContainerStep, question: ChoiceQuestion, selection: Selection): KeptChoice => {
  const { record, fingerprint } = question;
  const relied = reliedOn(record);
  const choice = fitting(step, record, relied?.choice);
  if (choice !== undefined && isAround(selection, record.path)) return { kind: 'kept', choice: closed(choice) };
  const items = containerKind(step).choosing?.items;
  if (items !== undefined) return keepItems(() => items(step, question.scope), question, selection);
  const before = selection.acceptChanges ? undefined : relied?.fingerprint;
  const changed =
    before && changeBetween(before, { ...before, definition: fingerprint.definition, values: fingerprint.values });
  if (choice === undefined) return { kind: 'rechosen', because: changed ?? lastTime(record) };
  return changed === undefined ? { kind: 'kept', choice } : { kind: 'rechosen', because: changed };
};

/** The choice, if the file still has the chosen steps. */
const fitting = (step: ContainerStep, { path }: StepRecord, choice: Choice | undefined): Choice | undefined =>
  innerList(step, path, choice) === undefined ? undefined : choice;

/** With `--only`, a loop starts no further iterations. */
const closed = (choice: Choice): Choice => (choice.kind === 'iterations' ? { ...choice, isOver: true } : choice);

const keepItems = (
  listItems: () => Result<readonly Json[]>,
  { record, fingerprint }: ChoiceQuestion,
  { acceptChanges }: Selection,
): KeptChoice => {
  const relied = reliedOn(record);
  const before = relied?.choice ?? record.formerChoice;
  if (before?.kind !== 'items') return { kind: 'rechosen', because: lastTime(record) };
  const isSame = acceptChanges || relied?.fingerprint?.values === fingerprint.values;
  if (relied?.choice !== undefined && isSame) return { kind: 'kept', choice: before };
  if (before.isWithheld) return { kind: 'rechosen', because: ITEMS_WITHHELD };
  const items = listItems();
  if (!items.ok) return { kind: 'rechosen', because: LIST_CHANGED };
  return {
    kind: 'changed',
    choice: { kind: 'items', items: items.value, isWithheld: false },
    because: relied?.choice === undefined ? lastTime(record) : LIST_CHANGED,
  };
};

/** Why a container must choose again, as its planned steps show; undefined when its choice holds. */
export const voidedBecause = (
  choice: Choice,
  record: StepRecord,
  { isDone, runsInside }: { readonly isDone: boolean; readonly runsInside: boolean },
): string | undefined => {
  if (choice.kind === 'items') return choice.isWithheld && runsInside ? ITEMS_WITHHELD : undefined;
  // It reached its cap, or its condition could not be evaluated: continuing would fail the same way.
  const isStuck = choice.kind === 'iterations' && !choice.isOver && STUCK.includes(record.status);
  return isStuck && !isDone && !runsInside ? lastTime(record) : undefined;
};

/** Includes a loop that failed and was skipped later: only its iterations show whether one of them failed. */
const STUCK: readonly StepRecord['status'][] = ['failed', 'skipped'];
