import { Dictionary, type ExpressionData } from '@actions/expressions/data/index';
import { Evaluator } from '@actions/expressions/evaluator';
import { err, ok, type Result } from '../base/result.js';
import type { Json } from '../base/stable-json.js';
import { functionTable, type ScopeFunctions } from './function-table.js';
import { toData, toJson } from './json-data.js';
import { STATUS_FUNCTIONS } from './known-names.js';
import type { Expression, Reference } from './parse-expression.js';
import { parseCondition, parseTemplate, type TemplatePart } from './parse-template.js';
import { asText, isTemplate } from './template-text.js';

/**
 * Returns the value of a context. `root` is in lower case; `keys` are the names looked up in it, as written, or undefined
 * when it may be any. Called only for contexts that the evaluation reaches, at most once each.
 */
export type ContextSource = (root: string, keys: readonly string[] | undefined) => Json;

/** Everything an expression can see. */
export type Scope = { readonly context: ContextSource; readonly functions: ScopeFunctions };

/** The value of an expression, or why it could not be evaluated. */
export const evaluateExpression = (expression: Expression, scope: Scope): Result<Json> =>
  guard(expression, () => valueOf(expression, scope));

/** The value of a text with `${{ }}` parts: a single part keeps its type, anything else becomes text. */
export const evaluateTemplate = (text: string, scope: Scope): Result<Json> => {
  if (!isTemplate(text)) return ok(text);
  const parts = parseTemplate(text);
  if (!parts.ok) return err(parts.error.message);
  const [first, ...others] = parts.value;
  return first?.kind === 'expression' && others.length === 0
    ? evaluateExpression(first.expression, scope)
    : evaluateText(parts.value, scope);
};

/** Whether a condition holds, by GitHub's rule that `success()` is implied unless it uses a status function. */
export const evaluateCondition = (text: string, scope: Scope): Result<boolean> => {
  const condition = parseCondition(text);
  if (!condition.ok) return err(condition.error.message);
  if (!usesStatusFunction(condition.value) && !scope.functions.success()) return ok(false);
  const value = evaluateExpression(condition.value, scope);
  return value.ok ? ok(isTruthy(value.value)) : value;
};

/** Whether an expression calls `success`, `failure`, `always` or `cancelled`, so that `success()` is not implied. */
export const usesStatusFunction = (expression: Expression): boolean =>
  expression.functions.some(({ name }) => STATUS_FUNCTIONS.includes(name));

/** Anything the evaluation throws is caused by the expression or the values it reads. */
const guard = <T>(expression: Expression, work: () => T): Result<T> => {
  try {
    return ok(work());
  } catch (error) {
    return err(`${reason(error)} in "${excerpt(expression.text)}"`);
  }
};

const reason = (error: unknown): string => {
  if (error instanceof RangeError) return 'an expression or value is nested too deeply';
  if (!(error instanceof Error)) return String(error);
  // The evaluator wraps an error inside an index once per level.
  return error.message.startsWith('could not evaluate index') && error.cause instanceof Error
    ? reason(error.cause)
    : error.message;
};

const excerpt = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
};

const valueOf = (expression: Expression, scope: Scope): Json => {
  const contexts = new Contexts(expression.references, scope.context);
  return toJson(new Evaluator(expression.ast, contexts, functionTable(scope.functions)).evaluate());
};

/** The contexts as the evaluator looks them up: loaded when needed, then kept for this evaluation. */
class Contexts extends Dictionary {
  readonly #references: readonly Reference[];
  readonly #source: ContextSource;
  readonly #values = new Map<string, ExpressionData>();

  constructor(references: readonly Reference[], source: ContextSource) {
    super();
    this.#references = references;
    this.#source = source;
  }

  override get(name: string): ExpressionData {
    const root = name.toLowerCase();
    const value = this.#values.get(root) ?? toData(this.#source(root, keysUsed(root, this.#references)));
    this.#values.set(root, value);
    return value;
  }
}

const keysUsed = (root: string, references: readonly Reference[]): readonly string[] | undefined => {
  const keys = new Set<string>();
  for (const { path } of references.filter((reference) => reference.root === root)) {
    const [key] = path;
    if (key === undefined) return undefined;
    keys.add(key);
  }
  return [...keys];
};

const evaluateText = (parts: readonly TemplatePart[], scope: Scope): Result<string> => {
  let text = '';
  for (const part of parts) {
    const piece = part.kind === 'text' ? ok(part.text) : evaluateToText(part.expression, scope);
    if (!piece.ok) return piece;
    text += piece.value;
  }
  return ok(text);
};

const evaluateToText = (expression: Expression, scope: Scope): Result<string> =>
  guard(expression, () => asText(valueOf(expression, scope)));

/** GitHub's falsy values are those of JavaScript: null, false, 0, NaN and the empty text. */
const isTruthy = (value: Json): boolean => Boolean(value);
