import type { Masker } from '../../base/mask.js';
import { isPlainObject, type Json } from '../../base/stable-json.js';

/** Whether a text anywhere in a value gives a secret away, the names of properties too. */
export const holdsSecret = (value: Json, masker: Masker): boolean => {
  if (masker.isEmpty() || value === null) return false;
  if (isList(value)) return value.some((item) => holdsSecret(item, masker));
  if (!isPlainObject(value)) return masker.holds(String(value));
  return Object.entries(value).some(([name, item]) => masker.holds(name) || holdsSecret(item, masker));
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Values by name, apart by whether they may be stored. */
export type StorableValues<T extends Json = Json> = {
  readonly kept: Readonly<Record<string, T>>;
  /** Names of what holds a secret, in the value or in the name; themselves masked. */
  readonly withheld: readonly string[];
};

/** Sets apart the values that hold a secret: they work in this run and are not stored. */
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
