import type { Masker } from '../../base/mask.js';
import { isPlainObject, type Json } from '../../base/stable-json.js';

/** Whether any text in a value, property names included, contains a secret. */
export const holdsSecret = (value: Json, masker: Masker): boolean => {
  if (masker.isEmpty() || value === null) return false;
  if (isList(value)) return value.some((item) => holdsSecret(item, masker));
  if (!isPlainObject(value)) return masker.holds(String(value));
  return Object.entries(value).some(([name, item]) => masker.holds(name) || holdsSecret(item, masker));
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Values by name, split into those to store and those that hold a secret. */
export type StorableValues<T extends Json = Json> = {
  readonly kept: Readonly<Record<string, T>>;
  /** Masked names of the entries with a secret in their name or value. */
  readonly withheld: readonly string[];
};

/** Separates the values that hold a secret: they work in this run but are not stored. */
export const withholdSecrets = <T extends Json>(
  values: Readonly<Record<string, T>>,
  masker: Masker,
): StorableValues<T> => {
  const entries = Object.entries(values);
  const isSecret = ([name, value]: readonly [string, T]): boolean => masker.holds(name) || holdsSecret(value, masker);
  const secret = masker.isEmpty() ? [] : entries.filter(isSecret);
  if (secret.length === 0) return { kept: values, withheld: [] };
  const hidden = new Set(secret.map(([name]) => name));
  return {
    kept: Object.fromEntries(entries.filter(([name]) => !hidden.has(name))),
    withheld: [...hidden].map(masker.text),
  };
};
