import type { Json } from '../base/stable-json.js';

/** Whether a text holds the start of an expression. */
export const isTemplate = (text: string): boolean => text.includes('${{');

/**
 * A value as text, inside a longer text or in an environment variable: GitHub's coercion, except that lists and objects
 * become compact JSON, where GitHub writes the words `Array` and `Object` or fails.
 */
export const asText = (value: Json): string => {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return numberText(value);
  return JSON.stringify(value);
};

/** At most 15 decimals and no negative zero, like `format()` and `join()` of the expression library. */
const numberText = (value: number): string => (value === 0 ? '0' : String(Number(value.toFixed(15))));
