import { expect, test } from 'vitest';
import { envForm, expressionsIn } from '../../../src/language/structure/script-expressions.js';
import { treeOf, valueAt } from '../reading.js';

const found = (text: string) => {
  const node = valueAt(treeOf(text).root, 'run');
  const written = node.kind === 'scalar' ? expressionsIn(node, text) : [];
  return written.map((each) => [text.slice(each.start, each.end), each.text]);
};

test('every expression is found where it is written', () => {
  expect(found('run: |\n  a ${{ b }} c\n  ${{d}}\nother: ${{ e }}\n')).toEqual([
    ['${{ b }}', 'b'],
    ['${{d}}', 'd'],
  ]);
});

test('one that is never closed ends the search', () => {
  expect(found('run: a ${{ b ${{ c\nother: a\n')).toEqual([['${{', '']]);
});

test('one written with escapes is found as a whole', () => {
  expect(found('run: "\\x24{{ a }}"\n')).toEqual([['"\\x24{{ a }}"', '']]);
});

test.each([
  ['inputs.version', 'VERSION'],
  ['steps.build.outputs.tag-name', 'TAG_NAME'],
  ["inputs['version']", 'VERSION'],
  ['steps.a.output.stdout', 'STDOUT'],
  ["contains(github.ref, 'x')", 'VALUE'],
  ['', 'VALUE'],
])('the variable for %s is %s', (expression, name) => {
  expect(envForm(expression)).toContain(`write env: {${name}: "$`);
  expect(envForm(expression)).toContain(`use "$${name}"`);
});

test('the form can be pasted into a file', () => {
  expect(envForm('inputs["a"] ==\n "b"')).toBe(`write env: {VALUE: "\${{ inputs['a'] == 'b' }}"} and use "$VALUE"`);
});
