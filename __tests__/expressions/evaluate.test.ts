import { expect, test } from 'vitest';
import type { Json } from '../../src/base/stable-json.js';
import {
  evaluateCondition,
  evaluateExpression,
  evaluateTemplate,
  usesStatusFunction,
} from '../../src/expressions/evaluate.js';
import { parseExpression } from '../../src/expressions/parse-expression.js';
import { evaluate, scopeWith, VALUES } from './example-scope.js';

test.each<[string, Json]>([
  // Literals
  ['null', null],
  ['true', true],
  ['false', false],
  ['711', 711],
  ['-9.2', -9.2],
  ['0xff', 255],
  ['-2.99e-2', -0.0299],
  ['.5', 0.5],
  ["'text'", 'text'],
  ["''", ''],
  ["'it''s Bob''s ''turn'''", "it's Bob's 'turn'"],
  ["'a\nb'", 'a\nb'],
  // Operators, by GitHub's precedence and values
  ['1 < 2', true],
  ['2 <= 2', true],
  ['2 > 2', false],
  ['2 >= 2', true],
  ['1 != 2', true],
  ['!true', false],
  ["!''", true],
  ['!!1', true],
  ['true || false && false', true],
  ['(true || false) && false', false],
  ['1 < 2 == true', true],
  ["'' || 'default'", 'default'],
  ["'a' && 'b'", 'b'],
  ["null && 'b'", null],
  ["inputs.dry && 'yes' || 'no'", 'no'],
  // Coercions of comparisons
  ["'abc' == 'ABC'", true],
  ["'a' < 'B'", true],
  ["1 == '1'", true],
  ["0 == ''", true],
  ['null == 0', true],
  ["null == ''", true],
  ["true == '1'", true],
  ["true == 'true'", false],
  ["1 == 'x'", false],
  ['NaN == NaN', false],
  ["'0x10' == 16", true],
])('%s gives %j', (text, expected) => {
  expect(evaluate(text)).toEqual({ ok: true, value: expected });
});

test('a long expression is shortened in the reason, on one line', () => {
  const result = evaluate(`fromJSON('{\n${'x'.repeat(200)}')`);
  expect(result.ok ? '' : result.error).toMatch(/ in "fromJSON\('\{ x{67}…"$/);
});

test('what the scope raises is a reason too', () => {
  const hashFiles = (): never => {
    throw new Error('cannot read src');
  };
  const scope = { ...scopeWith(), functions: { ...scopeWith().functions, hashFiles } };
  expect(evaluate("hashFiles('src')", scope)).toEqual({
    ok: false,
    error: 'cannot read src in "hashFiles(\'src\')"',
  });
});

test('a chain of thousands of comparisons gives a value or a reason, and never throws', () => {
  const result = evaluate(`1${'==1'.repeat(6_900)}`);
  expect(result.ok || result.error.includes('nested too deeply')).toBe(true);
});

test.each<[string, Json]>([
  ['plain', 'plain'],
  ['', ''],
  ['${{ inputs.count }}', 3],
  ['${{ inputs.count }} ', '3 '],
  ['a${{ inputs.channel }}b${{ inputs.dry }}', 'aBetabfalse'],
  ['${{ inputs.count }}${{ index }}', '30'],
  ['<${{ matrix.os }}>', '<>'],
  ["${{ '}}' }}!", '}}!'],
  ["${{ '${{' }}", '${{'],
  ['items: ${{ item.nested }}', 'items: [[1,2],[3]]'],
])('the template %j gives %j', (text, expected) => {
  expect(evaluateTemplate(text, scopeWith())).toEqual({ ok: true, value: expected });
});

test('a template that does not parse, or of which one part raises, has a reason instead of a value', () => {
  expect(evaluateTemplate('a ${{ b', scopeWith())).toEqual({ ok: false, error: '"${{" has no closing "}}"' });
  expect(evaluateTemplate("a ${{ fromJSON('') }}", scopeWith())).toMatchObject({ ok: false });
});

test.each([
  ['true', true],
  ["'false'", true],
  ["''", false],
  ['0', false],
  ['-0', false],
  ['NaN', false],
  ['null', false],
  ["fromJSON('[]')", true],
  ["fromJSON('{}')", true],
  ['${{ inputs.dry }}', false],
  ["inputs.channel == 'beta'", true],
])('the condition %s holds: %s', (text, expected) => {
  expect(evaluateCondition(text, scopeWith())).toEqual({ ok: true, value: expected });
});

test.each([
  ['true', false],
  ['always()', true],
  ['Always()', true],
  ['failure()', true],
  ['!cancelled()', true],
  ['success()', false],
  ["failure() && inputs.channel == 'x'", false],
  ["contains('always()', 'a')", false],
])('after a failure the condition %s holds: %s', (text, expected) => {
  expect(evaluateCondition(text, scopeWith({ success: false, failure: true }))).toEqual({ ok: true, value: expected });
});

test('a condition that the implied success() already decides is not evaluated', () => {
  const context = (): never => expect.unreachable();
  const scope = { ...scopeWith({ success: false }), context };
  expect(evaluateCondition('env.A', scope)).toEqual({ ok: true, value: false });
});

test('a condition that raises or does not parse has a reason instead of a value', () => {
  expect(evaluateCondition("fromJSON('')", scopeWith())).toMatchObject({ ok: false });
  expect(evaluateCondition('sucess()', scopeWith({ success: false }))).toEqual({
    ok: false,
    error: 'unknown function "sucess", did you mean "success"?',
  });
});

test.each([
  ['success()', true],
  ['!FAILURE()', true],
  ["contains('x', cancelled())", true],
  ['always() || true', true],
  ["hashFiles('x')", false],
  ["'success()'", false],
])('%s uses a status function: %s', (text, expected) => {
  const expression = parseExpression(text);
  expect(expression.ok && usesStatusFunction(expression.value)).toBe(expected);
});

const questionsOf = (text: string) => {
  const asked: unknown[] = [];
  const context = (root: string, keys: readonly string[] | undefined): Json => {
    asked.push([root, keys]);
    return VALUES[root] ?? null;
  };
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  evaluateExpression(parsed.value, { ...scopeWith(), context });
  return asked;
};

test.each<[string, unknown[]]>([
  ["'steps'", []],
  ['inputs.channel', [['inputs', ['channel']]]],
  ['STEPS.Build.outcome == Steps.lint.outcome', [['steps', ['Build', 'lint']]]],
  ['steps.build.outcome == steps.build.outputs.a', [['steps', ['build']]]],
  ['toJSON(steps)', [['steps', undefined]]],
  ['steps.*.outcome', [['steps', undefined]]],
  ['steps.build == steps', [['steps', undefined]]],
  [
    'steps[env.NAME].outcome',
    [
      ['env', ['NAME']],
      ['steps', undefined],
    ],
  ],
  ['true || env.A', []],
  ['index == 1 && env.A', [['index', undefined]]],
])('%s asks only for what it uses', (text, expected) => {
  expect(questionsOf(text)).toEqual(expected);
});
