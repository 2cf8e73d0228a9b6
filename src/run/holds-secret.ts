import type { Masker } from '../base/mask.js';
import { isPlainObject, type Json } from '../base/stable-json.js';

/** Whether a text anywhere in a value gives a secret away, the names of properties too. */
export const holdsSecret = (value: Json, masker: Masker): boolean => {
  if (masker.isEmpty() || value === null) return false;
  if (isList(value)) return value.some((item) => holdsSecret(item, masker));
  if (!isPlainObject(value)) return masker.holds(String(value));
  return Object.entries(value).some(([name, item]) => masker.holds(name) || holdsSecret(item, masker));
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** Values by name, apart by whether they may be stored. */
export type StorableValues = {
  readonly kept: Readonly<Record<string, Json>>;
  /** Names of the values that hold a secret. */
  readonly withheld: readonly string[];
};

/** Sets apart the values that hold a secret: they work in this run and are not stored. */
export const withholdSecrets = (values: Readonly<Record<string, Json>>, masker: Masker): StorableValues => {
  const withheld = Object.keys(values).filter((name) => holdsSecret(values[name] ?? null, masker));
  if (withheld.length === 0) return { kept: values, withheld };
  const hidden = new Set(withheld);
  return { kept: Object.fromEntries(Object.entries(values).filter(([name]) => !hidden.has(name))), withheld };
};
