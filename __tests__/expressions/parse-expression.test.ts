import { expect, test } from 'vitest';
import { parseExpression } from '../../src/expressions/parse-expression.js';

const parsed = (text: string) => {
  const result = parseExpression(text);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};

const problem = (text: string) => {
  const result = parseExpression(text);
  if (result.ok) throw new Error(`parses: ${text}`);
  return result.error;
};

test('an expression is read once however often it is asked for', () => {
  expect(parseExpression('inputs.once')).toBe(parseExpression('inputs.once'));
});

test('more different expressions than the cache holds still parse', () => {
  for (let count = 0; count < 2_500; count += 1) {
    expect(parsed(`inputs.a${count}`).references[0]?.path).toEqual([`a${count}`]);
  }
});

test.each([
  ['sucess()', 'unknown function "sucess", did you mean "success"?', 'sucess'],
  ['always() && hashfile(1)', 'unknown function "hashfile", did you mean "hashFiles"?', 'hashfile'],
  ['banana()', 'unknown function "banana"', 'banana'],
  ['constructor()', 'unknown function "constructor"', 'constructor'],
  ['__proto__()', 'unknown function "__proto__"', '__proto__'],
  ['stepz.a', 'unknown context "stepz", did you mean "steps"?', 'stepz'],
  ['secrets.TOKEN', 'unknown context "secrets", text goes in single quotes: \'secrets\'', 'secrets'],
  ['inputs.c == beta', 'unknown context "beta", text goes in single quotes: \'beta\'', 'beta'],
  ['not success()', 'unknown context "not", did you mean "!"?', 'not'],
  ['contains(env.A)', 'contains() takes 2 arguments', 'contains'],
  ["Contains('a', 'b', 'c')", 'contains() takes 2 arguments', 'Contains'],
  ['fromJSON()', 'fromJSON() takes 1 argument', 'fromJSON'],
  ["join('a', 'b', 'c')", 'join() takes 1 to 2 arguments', 'join'],
  ['success(1)', 'success() takes no arguments', 'success'],
  ['hashFiles()', 'hashFiles() takes 1 to 255 arguments', 'hashFiles'],
  ["case(true, 'a', false, 'b')", 'case() takes an odd number of arguments, at least 3', 'case'],
  ['case(true)', 'case() takes an odd number of arguments, at least 3', 'case'],
  ['true false', 'unexpected "false"', 'false'],
  ['env.A )', 'unexpected ")"', ')'],
  ['env..A', 'unexpected ".A"', '.A'],
])('%j is refused: %s', (text, message, at) => {
  const found = problem(text);
  expect(found.message).toBe(message);
  expect(found.offset).toBe(text.lastIndexOf(at));
});

test.each([
  ['env.A == ', 'the expression ends too early'],
  ['(true', 'the expression ends too early'],
  ['contains(env.A', 'the expression ends too early'],
  ['', 'the expression is empty'],
])('%j is refused: %s', (text, message) => {
  expect(problem(text).message).toBe(message);
});

test('the place of a problem is right after texts that span lines', () => {
  const text = "'a\nb' == 'c\n\nd' ||\n  stepz.x";
  expect(problem(text)).toMatchObject({ offset: text.indexOf('stepz'), length: 5 });
});

test.each([
  ['parentheses', '('.repeat(5_000)],
  ['closed parentheses', `${'('.repeat(5_000)}1${')'.repeat(5_000)}`],
  ['negations', `${'!'.repeat(10_000)}true`],
  ['brackets', 'env['.repeat(5_000)],
  ['calls', 'toJSON('.repeat(3_000)],
  ['properties', `env${'.a'.repeat(10_000)}`],
])('a pile of %s is refused and does no harm', (_what, text) => {
  expect(problem(text).message).toBe('the expression is nested deeper than 50 levels');
});
