import { Evaluator, Lexer, Parser } from '@actions/expressions';
import { BooleanData, Dictionary, type ExpressionData, StringData } from '@actions/expressions/data/index';
import type { FunctionDefinition } from '@actions/expressions/funcs/info';
import type { Json } from '../../../src/base/stable-json.js';
import { toData, toJson } from '../../../src/expressions/json-data.js';

/** The contexts that `action.yml` reads, and the status of the job. */
export type Contexts = Readonly<Record<string, Json>>;

/** The text of an input's default with its `${{ }}` parts evaluated by GitHub's own library, whose mistakes throw. */
export const evaluateTemplate = (text: string, contexts: Contexts): string =>
  text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_whole, expression: string) => evaluate(expression, contexts).coerceString());

/** Whether a `post-if` is true for a job with this status. */
export const evaluateCondition = (text: string, contexts: Contexts, status: string): boolean => {
  const [, wrapped] = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(text) ?? [];
  return Boolean(toJson(evaluate(wrapped ?? text, contexts, status)));
};

const evaluate = (expression: string, contexts: Contexts, status = ''): ExpressionData => {
  const functions = functionsFor(status);
  const { tokens } = new Lexer(expression).lex();
  const tree = new Parser(tokens, Object.keys(contexts), [...functions.values()]).parse();
  const context = toData(contexts);
  if (!(context instanceof Dictionary)) throw new Error('contexts are a mapping');
  return new Evaluator(tree, context, functions).evaluate();
};

const functionsFor = (status: string): Map<string, FunctionDefinition> => {
  const says = (name: string, value: boolean): FunctionDefinition => ({
    name,
    minArgs: 0,
    maxArgs: 0,
    call: () => new BooleanData(value),
  });
  const toJsonText: FunctionDefinition = {
    name: 'tojson',
    minArgs: 1,
    maxArgs: 1,
    call: (...values) => new StringData(values.map((value) => JSON.stringify(toJson(value), null, 2)).join('')),
  };
  const all = [
    says('always', true),
    says('success', status === 'success'),
    says('failure', status === 'failure'),
    says('cancelled', status === 'cancelled'),
    toJsonText,
  ];
  return new Map(all.map((definition) => [definition.name, definition]));
};
