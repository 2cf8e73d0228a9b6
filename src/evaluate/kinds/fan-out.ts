import { cutMiddle } from '../../base/cut-text.js';
import { err, ok, type Result } from '../../base/result.js';
import { isPlainObject, stableJson, type Json } from '../../base/stable-json.js';
import { evaluateTemplate, type Scope } from '../../expressions/evaluate.js';
import { asText, isTemplate } from '../../expressions/template-text.js';
import type { FanOutStep, GroupStep, ProcessStep } from '../../language/model/pipeline.js';
import { valueOf } from './arms.js';
import type { ContainerKind } from './container-kind.js';
import { indexedGroup, indexedId, parentPath } from './indexed-step.js';
import { referencesIn, referencesInside, valuesOf } from './values-read.js';

/** `for_each`: each item is a step that needs nothing. */
export const fanOutKind: ContainerKind<FanOutStep> = {
  definition: ({ outputs }) => [outputs],
  list: (step, path, choice) =>
    choice?.kind === 'items'
      ? { path: parentPath(path, step), steps: choice.items.map((item, index) => itemStep(step, { item, index })) }
      : undefined,
  choosing: {
    reads: ({ items }, scope) =>
      'from' in items
        ? [items.from, valuesOf(referencesIn(items.from), scope)]
        : [items.list, valuesOf(items.list.flatMap(referencesInside), scope)],
    canChoose: (step, scope) => evaluateItems(step, scope),
    openLists: (step, path) => [
      'one' in step.body
        ? { path: parentPath(path, step), steps: [{ ...step.body.one, id: `${step.id}[n]` }], because: 'for each item' }
        : { path: `${path}[n]`, steps: step.body.steps, because: 'for each item' },
    ],
    items: (step, scope) => evaluateItems(step, scope),
  },
};

/** The items of a fan-out; an error if they have no value or are not a list. */
export const evaluateItems = ({ items }: FanOutStep, scope: Scope): Result<readonly Json[]> => {
  const value = 'from' in items ? valueOf(items.from, scope) : evaluateInside(items.list, scope);
  if (!value.ok) return err(`for_each: ${value.error}`);
  return isList(value.value) ? ok(value.value) : err(`for_each must give a list, found ${kindOf(value.value)}`);
};

/**
 * The former index of each item, null for a new one. Items match by value, equal ones in order; any other item
 * matches the former item at its index if that is still unmatched.
 */
export const matchItems = (before: readonly Json[], now: readonly Json[]): readonly (number | null)[] => {
  const indexes = indexesByValue(before);
  const byValue = now.map((item) => indexes.get(stableJson(item))?.next().value);
  const taken = new Set(byValue);
  return byValue.map((found, index) => found ?? (index < before.length && !taken.has(index) ? index : null));
};

/** An item of a fan-out, in a form that may be shown, and its index in the list. */
export type IndexedItem = { readonly item: Json; readonly index: number };

/** One item of a fan-out as a step without needs. */
export const itemStep = (step: FanOutStep, { item, index }: IndexedItem): GroupStep | ProcessStep => {
  const name = `${step.name} (${itemText(item)})`;
  return 'one' in step.body
    ? { ...step.body.one, id: indexedId(step, index), name, needs: [] }
    : { ...indexedGroup(step, index, step.body.steps), name, outputs: step.outputs };
};

const SHOWN_CHARACTERS = 40;

/** One line of limited length. Text that contains an expression is quoted, so that it is never evaluated. */
const itemText = (item: Json): string => {
  const text = cutMiddle(asText(item).replaceAll(/\s+/g, ' ').trim(), SHOWN_CHARACTERS);
  return isTemplate(text) ? `\${{ '${text.replaceAll("'", "''")}' }}` : text;
};

/** Whether two lists hold equal items. */
export const sameItems = (one: readonly Json[], other: readonly Json[]): boolean =>
  one === other || stableJson(one) === stableJson(other);

const indexesByValue = (items: readonly Json[]): ReadonlyMap<string, Iterator<number, undefined>> => {
  const indexes = new Map<string, number[]>();
  items.forEach((item, index) => {
    const key = stableJson(item);
    const known = indexes.get(key);
    if (known === undefined) indexes.set(key, [index]);
    else known.push(index);
  });
  return new Map([...indexes].map(([key, found]) => [key, found.values()]));
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Evaluates strings as templates at any depth, but not property names. */
const evaluateInside = (value: Json, scope: Scope): Result<Json> => {
  if (typeof value === 'string') return evaluateTemplate(value, scope);
  if (isList(value)) return evaluateEach(value, scope);
  if (!isPlainObject(value)) return ok(value);
  const entries = Object.entries(value);
  const values = evaluateEach(
    entries.map(([, inside]) => inside),
    scope,
  );
  return values.ok
    ? ok(Object.fromEntries(entries.map(([name], index) => [name, values.value[index] ?? null])))
    : values;
};

const evaluateEach = (list: readonly Json[], scope: Scope): Result<readonly Json[]> => {
  const values: Json[] = [];
  for (const item of list) {
    const value = evaluateInside(item, scope);
    if (!value.ok) return value;
    values.push(value.value);
  }
  return ok(values);
};

const kindOf = (value: Json): string => {
  if (value === null) return 'nothing';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'text' : `a ${typeof value}`;
};
