import { err, ok, type Result } from '../base/result.js';
import { parseExpression, type Expression, type ExpressionProblem } from './parse-expression.js';
import { isTemplate } from './template-text.js';

/** An expression within a longer text, and its offset in that text. */
export type PlacedExpression = { readonly expression: Expression; readonly offset: number };

/** Plain text, or an expression with its offset in the template. */
export type TemplatePart =
  { readonly kind: 'text'; readonly text: string } | ({ readonly kind: 'expression' } & PlacedExpression);

/** An expression used as a condition, with its offset in the given text. */
export type ConditionExpression = Expression & { readonly offset: number };

const OPEN = '${{';
const CLOSE = '}}';

/** Parses a text with `${{ }}` parts. Text between the parts is kept as it is; empty text is left out. */
export const parseTemplate = (text: string): Result<readonly TemplatePart[], ExpressionProblem> => {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (let open = text.indexOf(OPEN); open !== -1; open = text.indexOf(OPEN, at)) {
    if (open > at) parts.push({ kind: 'text', text: text.slice(at, open) });
    const start = open + OPEN.length;
    const close = findClose(text, start);
    if (close === undefined) return err(unclosedProblem(text, open));
    const placed = parsePlaced(text.slice(start, close), start);
    if (!placed.ok) return placed;
    parts.push({ kind: 'expression', ...placed.value });
    at = close + CLOSE.length;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return ok(parts);
};

/** Parses a condition: one expression, with or without `${{ }}` around all of it. */
export const parseCondition = (text: string): Result<ConditionExpression, ExpressionProblem> => {
  const placed = isTemplate(text) ? parseWrapped(text) : parsePlaced(text, 0);
  return placed.ok ? ok({ ...placed.value.expression, offset: placed.value.offset }) : placed;
};

const parseWrapped = (text: string): Result<PlacedExpression, ExpressionProblem> => {
  const inside = text.trim();
  const indent = text.indexOf(inside);
  const parts = parseTemplate(inside);
  if (!parts.ok) return err(moveProblem(parts.error, indent));
  const [part, ...others] = parts.value;
  if (part?.kind === 'expression' && others.length === 0) {
    return ok({ expression: part.expression, offset: part.offset + indent });
  }
  const message = `a condition is one expression: put "${OPEN} ${CLOSE}" around all of it or leave it out`;
  return err({ message, offset: indent, length: inside.length });
};

/** Trims the expression first, so that spacing does not defeat the parser's cache. */
const parsePlaced = (text: string, start: number): Result<PlacedExpression, ExpressionProblem> => {
  const inside = text.trim();
  const offset = start + text.indexOf(inside);
  const expression = parseExpression(inside);
  return expression.ok ? ok({ expression: expression.value, offset }) : err(moveProblem(expression.error, offset));
};

const moveProblem = (problem: ExpressionProblem, by: number): ExpressionProblem => ({
  ...problem,
  offset: problem.offset + by,
});

/** As on GitHub, a `}}` inside single quotes does not count. */
const findClose = (text: string, start: number): number | undefined => {
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === "'") quoted = !quoted;
    if (!quoted && text.startsWith(CLOSE, at)) return at;
  }
  return undefined;
};

const unclosedProblem = (text: string, open: number): ExpressionProblem => {
  const quotes = text.slice(open).split("'").length - 1;
  const why = quotes % 2 === 1 ? ", or a text after it has no closing '" : '';
  return { message: `"${OPEN}" has no closing "${CLOSE}"${why}`, offset: open, length: OPEN.length };
};
