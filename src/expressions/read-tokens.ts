import { MAX_EXPRESSION_LENGTH } from '@actions/expressions/errors';
import { Lexer, TokenType, type Token } from '@actions/expressions/lexer';
import { err, ok, type Result } from '../base/result.js';
import type { ExpressionProblem } from './expression-problem.js';

/** A token of the library, with its offset in the expression text. */
export type PlacedToken = { readonly token: Token; readonly offset: number };

/** The tokens of an expression; the last one marks the end of the text. */
export const readTokens = (text: string): Result<readonly PlacedToken[], ExpressionProblem> => {
  if (text.length > MAX_EXPRESSION_LENGTH) {
    const message = `the expression is longer than ${MAX_EXPRESSION_LENGTH} characters`;
    return err({ message, offset: 0, length: text.length });
  }
  try {
    return ok(placeTokens(new Lexer(text).lex().tokens, text));
  } catch (error) {
    return err(symbolProblem(text, error));
  }
};

/** Computes offsets, because the library counts columns from the last line break outside quoted text. */
const placeTokens = (tokens: readonly Token[], text: string): readonly PlacedToken[] => {
  let end = 0;
  return tokens.map((token) => {
    while (isSpace(text[end])) end += 1;
    const offset = end;
    end += token.lexeme.length;
    return { token: unescapeText(token), offset };
  });
};

const isSpace = (character: string | undefined): boolean =>
  character === ' ' || character === '\t' || character === '\r' || character === '\n';

/** The library unescapes only the first `''` of a quoted text. */
const unescapeText = (token: Token): Token =>
  token.type === TokenType.STRING ? { ...token, value: token.lexeme.slice(1, -1).replaceAll("''", "'") } : token;

/** The library gives the position only in its message: `Unexpected symbol: 'x'. Located at position 3 within … */
const symbolProblem = (text: string, error: unknown): ExpressionProblem => {
  const message = error instanceof Error ? error.message : '';
  const match = /^Unexpected symbol: '([^]*)'\. Located at position (\d+)$/.exec(
    message.slice(0, message.length - ` within expression: ${text}`.length),
  );
  if (match === null) throw error;
  const symbol = match[1] ?? '';
  const offset = Number(match[2]) - 1;
  if (symbol.startsWith("'")) return { message: "the text that starts here has no closing '", offset, length: 1 };
  return { message: `unexpected "${symbol.slice(0, 40)}"${hintFor(symbol)}`, offset, length: symbol.length };
};

const hintFor = (symbol: string): string => {
  const first = symbol.slice(0, 1);
  if (first === '"') return ", text goes in single quotes: '…'";
  if (first === '=') return ', equality is "=="';
  if (first === '&' || first === '|') return `, did you mean "${first}${first}"?`;
  if ('+-/%'.includes(first)) return ', expressions cannot calculate';
  return '';
};
