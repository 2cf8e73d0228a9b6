import type { Masker } from '../../base/mask.js';
import { isPlainObject, type Json } from '../../base/stable-json.js';

/** A copy of a value that gives no secret away; the value itself where it holds none. */
export const maskValue = (value: Json, masker: Masker): Json => {
  if (masker.isEmpty() || value === null) return value;
  if (typeof value === 'string') return masker.text(value);
  if (isList(value)) return value.map((item) => maskValue(item, masker));
  if (isPlainObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [masker.text(name), maskValue(item, masker)]),
    );
  }
  return masker.holds(String(value)) ? masker.text(String(value)) : value;
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
