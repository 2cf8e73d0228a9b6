import { BooleanData, StringData, type ExpressionData } from '@actions/expressions/data/index';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import type { Json } from '../base/stable-json.js';
import { toData, toJson } from './json-data.js';

/** The functions whose result depends on more than their arguments. */
export type ScopeFunctions = {
  readonly success: () => boolean;
  readonly failure: () => boolean;
  readonly cancelled: () => boolean;
  readonly hashFiles: (patterns: readonly string[]) => string;
};

/** Functions that add to or replace those of the expression library, by lower-case name. */
export const functionTable = (functions: ScopeFunctions): Map<string, FunctionDefinition> =>
  new Map(
    [
      define('success', () => new BooleanData(functions.success())),
      define('failure', () => new BooleanData(functions.failure())),
      define('cancelled', () => new BooleanData(functions.cancelled())),
      define('always', () => new BooleanData(true)),
      define('hashfiles', (...patterns) => new StringData(functions.hashFiles(patterns.map((p) => p.coerceString())))),
      define('fromjson', (text) => toData(parseJson(text.coerceString()))),
      define('tojson', (value) => new StringData(JSON.stringify(toJson(value), null, 2))),
    ].map((definition) => [definition.name, definition]),
  );

const define = (name: string, call: (...args: readonly ExpressionData[]) => ExpressionData): FunctionDefinition => ({
  name,
  minArgs: 0,
  maxArgs: Infinity,
  call,
});

/** The library's `fromJSON` gives no reason, and the JSON parser's reason could quote part of a secret. */
const parseJson = (text: string): Json => {
  if (text.trim() === '') throw new Error('fromJSON() was given an empty text');
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new Error('fromJSON() was given a text that is not JSON');
  }
};
