import { isPlainObject, type Json } from '../base/stable-json.js';
import type { Scope } from '../expressions/evaluate.js';
import type { Reference } from '../expressions/names-used.js';
import { parseCondition, parseTemplate } from '../expressions/parse-template.js';
import { isTemplate } from '../expressions/template-text.js';
import type { ContainerStep } from '../language/model/pipeline.js';
import { valuesDigest } from './fingerprint.js';

/** Digest of what decides for a container, on top of `outer`; `scope` gives values as fingerprints see them. */
export const choiceDigest = (
  step: ContainerStep,
  { scope, outer }: { readonly scope: Scope; readonly outer: string },
): string => {
  const read = valuesRead(step, scope);
  return read === undefined ? outer : valuesDigest(outer, read);
};

/**
 * What the expressions read that decide which steps a container runs, each name with its value; for a fan-out with the
 * list as it is written. `hashFiles` is left out. Undefined for containers that decide nothing.
 */
const valuesRead = (step: ContainerStep, scope: Scope): Json | undefined => {
  switch (step.kind) {
    case 'branch':
      return valuesOf(referencesIn(step.condition), scope);
    case 'switch':
      return valuesOf(referencesIn(step.value), scope);
    case 'loop': {
      const own = new Set(step.steps.map(({ id }) => id.toLowerCase()));
      return valuesOf(
        referencesIn(step.condition).filter((reference) => !isAbout(own, reference)),
        scope,
      );
    }
    case 'fan-out':
      return 'from' in step.items
        ? [step.items.from, valuesOf(referencesIn(step.items.from), scope)]
        : [step.items.list, valuesOf(step.items.list.flatMap(referencesInside), scope)];
    case 'group':
    case 'parallel':
    case 'pipeline':
      return undefined;
  }
};

const referencesIn = (condition: string): readonly Reference[] => {
  const parsed = parseCondition(condition);
  return parsed.ok ? parsed.value.references : [];
};

const referencesInside = (value: Json): readonly Reference[] => {
  if (typeof value === 'string') return isTemplate(value) ? referencesInTemplate(value) : [];
  if (Array.isArray(value)) return value.flatMap(referencesInside);
  return isPlainObject(value) ? Object.values(value).flatMap((inside) => referencesInside(inside)) : [];
};

const referencesInTemplate = (text: string): readonly Reference[] => {
  const parts = parseTemplate(text);
  return parts.ok ? parts.value.flatMap((part) => (part.kind === 'text' ? [] : part.expression.references)) : [];
};

/** What a loop reads of its own steps, which it decides about itself. */
const isAbout = (own: ReadonlySet<string>, { root, path: [id] }: Reference): boolean =>
  root === 'steps' && id !== undefined && own.has(id.toLowerCase());

const valuesOf = (references: readonly Reference[], scope: Scope): Json =>
  references.map(({ root, path }) => {
    const [first] = path;
    const value = scope.context(root, first === undefined ? undefined : [first]);
    return [root, path.map((key) => key ?? null), valueAt(value, path)];
  });

/** Down the names that are written, up to the first that is computed. */
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
