import { isPlainObject, type Json } from '../../base/stable-json.js';
import type { Scope } from '../../expressions/evaluate.js';
import type { Reference } from '../../expressions/names-used.js';
import { parseCondition, parseTemplate } from '../../expressions/parse-template.js';
import { isTemplate } from '../../expressions/template-text.js';

/** The names that a condition reads. */
export const referencesIn = (condition: string): readonly Reference[] => {
  const parsed = parseCondition(condition);
  return parsed.ok ? parsed.value.references : [];
};

/** The names read by the templates anywhere in a value. */
export const referencesInside = (value: Json): readonly Reference[] => {
  if (typeof value === 'string') return isTemplate(value) ? referencesInTemplate(value) : [];
  if (Array.isArray(value)) return value.flatMap(referencesInside);
  return isPlainObject(value) ? Object.values(value).flatMap((inside) => referencesInside(inside)) : [];
};

const referencesInTemplate = (text: string): readonly Reference[] => {
  const parts = parseTemplate(text);
  return parts.ok ? parts.value.flatMap((part) => (part.kind === 'text' ? [] : part.expression.references)) : [];
};

/** Each name with its value in a scope. */
export const valuesOf = (references: readonly Reference[], scope: Scope): Json =>
  references.map(({ root, path }) => {
    const [first] = path;
    const value = scope.context(root, first === undefined ? undefined : [first]);
    return [root, path.map((key) => key ?? null), valueAt(value, path)];
  });

/** Follows the literal names of a path, up to the first computed one. */
const valueAt = (value: Json, path: readonly (string | undefined)[]): Json => {
  let found: Json = value;
  for (const key of path) {
    if (key === undefined) return found;
    found = propertyOf(found, key);
  }
  return found;
};

const propertyOf = (value: Json, key: string): Json => {
  if (value === null || typeof value !== 'object') return null;
  const properties = value as Readonly<Record<string, Json>>;
  const spelling = Object.hasOwn(properties, key)
    ? key
    : Object.keys(properties).find((name) => name.toLowerCase() === key.toLowerCase());
  return spelling === undefined ? null : (properties[spelling] ?? null);
};
