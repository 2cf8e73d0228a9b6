import { expect, test } from 'vitest';
import { readTokens } from '../../src/expressions/read-tokens.js';

const tokensOf = (text: string) => {
  const tokens = readTokens(text);
  if (!tokens.ok) throw new Error(tokens.error.message);
  return tokens.value;
};

const problem = (text: string) => {
  const tokens = readTokens(text);
  if (tokens.ok) throw new Error(`can be read: ${text}`);
  return tokens.error;
};

test('every token has its place, also after line breaks inside and outside texts', () => {
  const text = "env.A\t==\r\n 'a\n\nb' &&\n(1.5)";
  const found = tokensOf(text).map(({ token, offset }) => [token.lexeme, offset]);
  const lexemes = ['env', '.', 'A', '==', "'a\n\nb'", '&&', '(', '1.5', ')'];
  expect(found).toEqual([...lexemes.map((lexeme) => [lexeme, text.indexOf(lexeme)]), ['', text.length]]);
});

test('every doubled quote of a text is undone', () => {
  expect(tokensOf("'it''s Bob''s'''")[0]?.token.value).toBe("it's Bob's'");
});

test.each([
  ['env.A == "x"', 'unexpected ""x"", text goes in single quotes: \'…\'', '"x"'],
  ['env.A = 1', 'unexpected "=", equality is "=="', '='],
  ['true & false', 'unexpected "&", did you mean "&&"?', '&'],
  ['true | false', 'unexpected "|", did you mean "||"?', '|'],
  ['index + 1', 'unexpected "+", expressions cannot calculate', '+'],
  ['5abc', 'unexpected "5abc"', '5abc'],
  ['env.A ?', 'unexpected "?"', '?'],
])('%j is refused: %s', (text, message, at) => {
  expect(problem(text)).toEqual({ message, offset: text.lastIndexOf(at), length: at.length });
});

test.each(["env.A == 'x", "'it''s", "contains('a', '}} located at position 1 within expression: b)"])(
  'a text without an end is found where it starts: %j',
  (text) => {
    const found = problem(text);
    expect(found.message).toBe("the text that starts here has no closing '");
    expect(text[found.offset]).toBe("'");
  },
);

test('an expression that is too long is refused', () => {
  expect(problem(`'${'x'.repeat(21_000)}'`).message).toBe('the expression is longer than 21000 characters');
});
