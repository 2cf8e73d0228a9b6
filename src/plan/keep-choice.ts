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

/** What becomes of the choice of a container: it is kept, follows a list that changed, or is made again. */
export type KeptChoice =
  | { readonly kind: 'kept'; readonly choice: Choice }
  | { readonly kind: 'changed'; readonly choice: Choice; readonly because: string }
  | { readonly kind: 'rechosen'; readonly because: string };

/** What a container chose, and what that depended on, then and now. */
export type ChoiceQuestion = {
  readonly record: StepRecord;
  readonly fingerprint: Fingerprint;
  /** Where its own expression is evaluated. */
  readonly scope: Scope;
};

const LIST_CHANGED = 'its list changed';
const ITEMS_WITHHELD = 'its items hold a secret, which is not stored';

/** A choice is kept while what it depended on holds; a list that changed is looked at right away. */
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

/** The choice as far as the file still has what was chosen. */
const fitting = (step: ContainerStep, { path }: StepRecord, choice: Choice | undefined): Choice | undefined =>
  innerList(step, path, choice) === undefined ? undefined : choice;

/** With `--only` nothing further is decided. */
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

/** Why what a container chose and did does not count after all, now that its steps are planned; undefined when it does. */
export const voidedBecause = (
  choice: Choice,
  record: StepRecord,
  { isDone, runsInside }: { readonly isDone: boolean; readonly runsInside: boolean },
): string | undefined => {
  if (choice.kind === 'items') return choice.isWithheld && runsInside ? ITEMS_WITHHELD : undefined;
  // It came to its cap, or its condition could not be asked: to go on from there would end the same way.
  const isStuck = choice.kind === 'iterations' && !choice.isOver && STUCK.includes(record.status);
  return isStuck && !isDone && !runsInside ? lastTime(record) : undefined;
};

/** Of one that was held back since it failed, only its iterations tell whether it failed in them. */
const STUCK: readonly StepRecord['status'][] = ['failed', 'skipped'];
