import { TokenType } from '@actions/expressions/lexer';
import type { PlacedToken } from './read-tokens.js';

/** An access to a context, such as `steps.build.outputs['x']`. */
export type Reference = {
  /** The context's name in lower case. */
  readonly root: string;
  /** Names as written; undefined where one is computed or `*`. */
  readonly path: readonly (string | undefined)[];
  /** Within the expression text, covering the whole access. */
  readonly offset: number;
  readonly length: number;
};

/** A function call; offset and length are those of the name. */
export type FunctionUse = {
  /** In lower case. */
  readonly name: string;
  readonly offset: number;
  readonly length: number;
};

/** The contexts an expression reads and the functions it calls. */
export type NamesUsed = { readonly references: readonly Reference[]; readonly functions: readonly FunctionUse[] };

/** Every context access and function call in the tokens of an expression that parses. */
export const namesUsed = (tokens: readonly PlacedToken[]): NamesUsed => {
  const references: Reference[] = [];
  const functions: FunctionUse[] = [];
  for (const [at, { token, offset }] of tokens.entries()) {
    if (token.type !== TokenType.IDENTIFIER || typeAt(tokens, at - 1) === TokenType.DOT) continue;
    const name = token.lexeme.toLowerCase();
    if (typeAt(tokens, at + 1) === TokenType.LEFT_PAREN) functions.push({ name, offset, length: name.length });
    else references.push(readReference(name, tokens, at));
  }
  return { references, functions };
};

const readReference = (root: string, tokens: readonly PlacedToken[], start: number): Reference => {
  const path: (string | undefined)[] = [];
  let last = start;
  for (let access = readAccess(tokens, last); access !== undefined; access = readAccess(tokens, last)) {
    path.push(access.key);
    last = access.last;
  }
  const offset = tokens[start]?.offset ?? 0;
  return { root, path, offset, length: endOf(tokens[last]) - offset };
};

type Access = { readonly key: string | undefined; readonly last: number };

/** The `.name`, `.*` or `[…]` that follows a token, with the position of its last token. */
const readAccess = (tokens: readonly PlacedToken[], after: number): Access | undefined => {
  const opener = typeAt(tokens, after + 1);
  if (opener === TokenType.DOT) return { key: propertyKey(tokens[after + 2]), last: after + 2 };
  if (opener !== TokenType.LEFT_BRACKET) return undefined;
  const last = closingBracket(tokens, after + 1);
  return { key: last === after + 3 ? literalKey(tokens[after + 2]) : undefined, last };
};

const propertyKey = (placed: PlacedToken | undefined): string | undefined =>
  placed?.token.type === TokenType.IDENTIFIER ? placed.token.lexeme : undefined;

const literalKey = (placed: PlacedToken | undefined): string | undefined => {
  const { type, value } = placed?.token ?? {};
  return type === TokenType.STRING || type === TokenType.NUMBER ? String(value) : undefined;
};

const closingBracket = (tokens: readonly PlacedToken[], open: number): number => {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    const type = typeAt(tokens, at);
    if (type === TokenType.LEFT_BRACKET) depth += 1;
    if (type === TokenType.RIGHT_BRACKET) depth -= 1;
    if (depth === 0) return at;
  }
  return tokens.length - 1;
};

const typeAt = (tokens: readonly PlacedToken[], at: number): TokenType | undefined => tokens[at]?.token.type;

const endOf = (placed: PlacedToken | undefined): number =>
  placed === undefined ? 0 : placed.offset + placed.token.lexeme.length;
