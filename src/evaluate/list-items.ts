import { err, ok, type Result } from '../base/result.js';
import { isPlainObject, stableJson, type Json } from '../base/stable-json.js';
import { evaluateTemplate, type Scope } from '../expressions/evaluate.js';
import type { FanOutStep } from '../language/model/pipeline.js';
import { valueOf } from './choose-arm.js';

/** The items of a fan-out; an error where the list has no value, or is none. */
export const evaluateItems = ({ items }: FanOutStep, scope: Scope): Result<readonly Json[]> => {
  const value = 'from' in items ? valueOf(items.from, scope) : evaluateInside(items.list, scope);
  if (!value.ok) return err(`for_each: ${value.error}`);
  return isList(value.value) ? ok(value.value) : err(`for_each must give a list, found ${kindOf(value.value)}`);
};

/**
 * For each item its index in the list before, null for a new one. Items match by value, equal ones in their order; what
 * is left matches what stood at its index.
 */
export const matchItems = (before: readonly Json[], now: readonly Json[]): readonly (number | null)[] => {
  const places = placesByValue(before);
  const byValue = now.map((item) => places.get(stableJson(item))?.next().value);
  const taken = new Set(byValue);
  return byValue.map((place, index) => place ?? (index < before.length && !taken.has(index) ? index : null));
};

/** Whether two lists hold the same. */
export const sameItems = (one: readonly Json[], other: readonly Json[]): boolean =>
  one === other || stableJson(one) === stableJson(other);

const placesByValue = (items: readonly Json[]): ReadonlyMap<string, Iterator<number, undefined>> => {
  const places = new Map<string, number[]>();
  items.forEach((item, index) => {
    const key = stableJson(item);
    const known = places.get(key);
    if (known === undefined) places.set(key, [index]);
    else known.push(index);
  });
  return new Map([...places].map(([key, indexes]) => [key, indexes.values()]));
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Texts are templates, however deep they stand; names of properties are not. */
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
