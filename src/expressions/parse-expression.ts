import type { Expr } from '@actions/expressions/ast';
import { ExpressionError, MAX_PARSER_DEPTH } from '@actions/expressions/errors';
import { TokenType } from '@actions/expressions/lexer';
import { Parser } from '@actions/expressions/parser';
import { err, ok, type Result } from '../base/result.js';
import { didYouMean } from '../base/suggest.js';
import type { ExpressionProblem } from './expression-problem.js';
import { CONTEXT_NAMES, FUNCTIONS, type KnownFunction } from './known-names.js';
import { namesUsed, type FunctionUse, type NamesUsed } from './names-used.js';
import { readTokens, type PlacedToken } from './read-tokens.js';

export type { ExpressionProblem } from './expression-problem.js';
export type { FunctionUse, Reference } from './names-used.js';

/** A parsed expression: its contexts and functions exist, and every call has the right number of arguments. */
export type Expression = NamesUsed & { readonly text: string; readonly ast: Expr };

type Parsed = Result<Expression, ExpressionProblem>;

const CACHE_SIZE = 2_000;
const cache = new Map<string, Parsed>();

/** Parses an expression without its `${{ }}`. Equal texts are parsed once. */
export const parseExpression = (text: string): Parsed => {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const parsed = parse(text);
  forgetOldest();
  cache.set(text, parsed);
  return parsed;
};

const forgetOldest = (): void => {
  const [oldest] = cache.keys();
  if (cache.size >= CACHE_SIZE && oldest !== undefined) cache.delete(oldest);
};

const parse = (text: string): Parsed => {
  const tokens = readTokens(text);
  if (!tokens.ok) return tokens;
  if (tokens.value.length === 1) return err({ message: 'the expression is empty', offset: 0, length: text.length });
  const ast = parseTokens(tokens.value);
  if (!ast.ok) return ast;
  const names = namesUsed(tokens.value);
  const unknown = names.functions.find(({ name }) => !FUNCTIONS_BY_NAME.has(name));
  return unknown === undefined ? ok({ text, ast: ast.value, ...names }) : err(unknownFunction(unknown, unknown.name));
};

const FUNCTIONS_BY_NAME: ReadonlyMap<string, KnownFunction> = new Map(
  FUNCTIONS.map((known) => [known.name.toLowerCase(), known]),
);

const parseTokens = (tokens: readonly PlacedToken[]): Result<Expr, ExpressionProblem> => {
  const parser = new Parser(
    tokens.map(({ token }) => token),
    [...CONTEXT_NAMES],
    [...FUNCTIONS],
  );
  try {
    return ok(parser.parse());
  } catch (error) {
    if (error instanceof ExpressionError) return err(parserProblem(error, tokens));
    throw error;
  }
};

const parserProblem = (error: ExpressionError, tokens: readonly PlacedToken[]): ExpressionProblem => {
  // The error holds the very object of the token's start, so comparing by identity finds the token.
  const placed = tokens.find(({ token }) => token.range.start === error.pos);
  if (placed === undefined) throw error;
  const { lexeme } = placed.token;
  const place = { offset: placed.offset, length: lexeme.length };
  if (error.message.startsWith('Unrecognized named-value')) return { message: unknownContext(lexeme), ...place };
  if (error.message.startsWith('Unrecognized function')) return unknownFunction(place, lexeme);
  if (/^(?:Too few|Too many|Even number of) parameters/.test(error.message)) {
    return { message: argumentCount(lexeme), ...place };
  }
  if (error.message.startsWith('Exceeded')) {
    return { message: `the expression is nested deeper than ${MAX_PARSER_DEPTH} levels`, ...place };
  }
  const atEnd = placed.token.type === TokenType.EOF || error.message.startsWith('Unexpected end');
  return { message: atEnd ? 'the expression ends too early' : `unexpected "${lexeme.slice(0, 40)}"`, ...place };
};

const WORD_OPERATORS: ReadonlyMap<string, string> = new Map([
  ['and', '&&'],
  ['or', '||'],
  ['not', '!'],
]);

const unknownContext = (name: string): string => {
  const operator = WORD_OPERATORS.get(name.toLowerCase());
  if (operator !== undefined) return `unknown context "${name}", did you mean "${operator}"?`;
  const suggestion = didYouMean(name, CONTEXT_NAMES);
  return `unknown context "${name}"${suggestion === '' ? `, text goes in single quotes: '${name}'` : suggestion}`;
};

const unknownFunction = (place: Pick<FunctionUse, 'offset' | 'length'>, name: string): ExpressionProblem => ({
  message: `unknown function "${name}"${didYouMean(name, [...FUNCTIONS.map((known) => known.name)])}`,
  offset: place.offset,
  length: place.length,
});

const argumentCount = (name: string): string => {
  const known = FUNCTIONS_BY_NAME.get(name.toLowerCase());
  if (known === undefined) return `wrong number of arguments for ${name}()`;
  if (known.name === 'case') return 'case() takes an odd number of arguments, at least 3';
  const { minArgs, maxArgs } = known;
  const count = minArgs === maxArgs ? String(minArgs || 'no') : `${minArgs} to ${maxArgs}`;
  return `${known.name}() takes ${count} argument${maxArgs === 1 ? '' : 's'}`;
};
