import { expect, test } from 'vitest';
import { parseCondition, parseTemplate } from '../../src/expressions/parse-template.js';

const partsOf = (text: string) => {
  const parts = parseTemplate(text);
  if (!parts.ok) throw new Error(parts.error.message);
  return parts.value.map((part) => (part.kind === 'text' ? part.text : [part.expression.text, part.offset]));
};

test.each<[string, unknown[]]>([
  ['', []],
  ['plain }} text $', ['plain }} text $']],
  ['${{ env.A }}', [['env.A', 4]]],
  ['${{env.A}}', [['env.A', 3]]],
  ['a ${{ env.A }}-${{  inputs.b  }} c', ['a ', ['env.A', 6], '-', ['inputs.b', 20], ' c']],
  [
    '${{ env.A }}${{ env.B }}',
    [
      ['env.A', 4],
      ['env.B', 16],
    ],
  ],
  ["${{ '}}' }}}}", [["'}}'", 4], '}}']],
  ["${{ 'it''s }} ' }}", [["'it''s }} '", 4]]],
  ["${{ '${{' }}", [["'${{'", 4]]],
  ['${{\n  env.A\n}}\n', [['env.A', 6], '\n']],
  ["don't ${{ env.A }}, can't", ["don't ", ['env.A', 10], ", can't"]],
  ['$${{ env.A }}', ['$', ['env.A', 5]]],
])('%j is split into its parts', (text, expected) => {
  expect(partsOf(text)).toEqual(expected);
});

test.each<[string, string, [number, number]]>([
  ['a ${{ env.A', '"${{" has no closing "}}"', [2, 3]],
  ['${{ env.A }', '"${{" has no closing "}}"', [0, 3]],
  ["${{ 'a }}", '"${{" has no closing "}}", or a text after it has no closing \'', [0, 3]],
  ['a ${{ }}', 'the expression is empty', [5, 0]],
  ['a ${{ env.A }} ${{ sucess() }}', 'unknown function "sucess", did you mean "success"?', [19, 6]],
  ['ab ${{ env.A == stepz }}', 'unknown context "stepz", did you mean "steps"?', [16, 5]],
  ['${{ ${{ env.A }} }}', 'unexpected "${{"', [4, 3]],
])('%j is refused at its place: %s', (text, message, [offset, length]) => {
  expect(parseTemplate(text)).toEqual({ ok: false, error: { message, offset, length } });
});

test.each([
  ['env.A', 'env.A', 0],
  ['  env.A\n', 'env.A', 2],
  ['${{ env.A }}', 'env.A', 4],
  [' ${{env.A}}\n', 'env.A', 4],
  ["${{ contains(env.A, '}}') }}", "contains(env.A, '}}')", 4],
])('the condition %j is the expression %j', (text, expression, offset) => {
  expect(parseCondition(text)).toMatchObject({ ok: true, value: { text: expression, offset } });
});

test.each(["${{ env.A }} == 'x'", '!${{ env.A }}', '${{ env.A }} && ${{ env.B }}', "'${{ env.A }}' == 'x'"])(
  'the condition %j is refused because it is a text that would always hold',
  (text) => {
    const message = 'a condition is one expression: put "${{ }}" around all of it or leave it out';
    expect(parseCondition(text)).toEqual({ ok: false, error: { message, offset: 0, length: text.length } });
  },
);

test.each([
  ['  sucess()', 2],
  ['${{ sucess() }}', 4],
  ['  ${{ sucess() }}', 6],
  ['${{ env.A }} == sucess', 0],
])('the place of the problem in the condition %j is within the given text', (text, offset) => {
  expect(parseCondition(text)).toMatchObject({ ok: false, error: { offset } });
});

test.each(['', '  ', '${{ }}'])('the condition %j is refused because it is empty', (text) => {
  expect(parseCondition(text)).toMatchObject({ ok: false, error: { message: 'the expression is empty' } });
});

test('a long text with many expressions is read in one go', () => {
  expect(partsOf('x${{ env.A }}'.repeat(20_000))).toHaveLength(40_000);
});
