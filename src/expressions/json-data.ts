import {
  Array as ArrayData,
  BooleanData,
  Dictionary,
  Kind,
  Null,
  NumberData,
  StringData,
  type ExpressionData,
} from '@actions/expressions/data/index';
import type { Json } from '../base/stable-json.js';

/** A value in the evaluator's types. Lists and objects convert their entries when they are accessed. */
export const toData = (value: Json): ExpressionData => {
  if (value === null) return new Null();
  if (typeof value === 'string') return new StringData(value);
  if (typeof value === 'number') return new NumberData(value);
  if (typeof value === 'boolean') return new BooleanData(value);
  return isList(value) ? new JsonList(value) : new JsonObject(value);
};

/** The plain value of the evaluator's data. */
export const toJson = (data: ExpressionData): Json => {
  if (data instanceof JsonList || data instanceof JsonObject) return data.source;
  if (data.kind === Kind.Null) return null;
  if (data.kind === Kind.Array) return data.values().map(toJson);
  if (data.kind === Kind.Dictionary)
    return Object.fromEntries(data.pairs().map((pair) => [pair.key, toJson(pair.value)]));
  return data.value;
};

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

class JsonList extends ArrayData {
  readonly source: readonly Json[];
  #items: ExpressionData[] | undefined;

  constructor(source: readonly Json[]) {
    super();
    this.source = source;
  }

  override values(): ExpressionData[] {
    this.#items ??= this.source.map(toData);
    return this.#items;
  }

  override get(index: number): ExpressionData {
    return this.values()[index] ?? new Null();
  }
}

/** Prefers the exact key, then ignores case; unlike the library's class it can hold a key `constructor`. */
class JsonObject extends Dictionary {
  readonly source: Readonly<Record<string, Json>>;
  readonly #items = new Map<string, ExpressionData>();
  #spellings: ReadonlyMap<string, string> | undefined;

  constructor(source: Readonly<Record<string, Json>>) {
    super();
    this.source = source;
  }

  override get(key: string): ExpressionData | undefined {
    const spelling = Object.hasOwn(this.source, key) ? key : this.#spellingOf(key);
    return spelling === undefined ? undefined : this.#item(spelling);
  }

  override values(): ExpressionData[] {
    return Object.keys(this.source).map((key) => this.#item(key));
  }

  /** One object per key, because the language compares lists and objects by identity. */
  #item(key: string): ExpressionData {
    const item = this.#items.get(key) ?? toData(this.source[key] ?? null);
    this.#items.set(key, item);
    return item;
  }

  #spellingOf(key: string): string | undefined {
    this.#spellings ??= new Map(Object.keys(this.source).map((spelling) => [spelling.toLowerCase(), spelling]));
    return this.#spellings.get(key.toLowerCase());
  }
}
