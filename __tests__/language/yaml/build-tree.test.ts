import { parseDocument } from 'yaml';
import { expect, test } from 'vitest';
import { TreeBuilder } from '../../../src/language/yaml/build-tree.js';
import { lineTable } from '../../../src/language/yaml/line-table.js';
import { newMistakes } from '../../../src/language/yaml/mistakes.js';
import { treeOf, valueAt } from '../reading.js';

test('a list built in parts is one list', () => {
  const text = '[a, b]';
  const builder = new TreeBuilder(text, newMistakes(lineTable(text)));
  builder.buildPart(parseDocument('[a, b]').contents);
  builder.buildPart(parseDocument('[c]').contents);
  const node = builder.build(parseDocument('[d]').contents);
  expect(node.kind === 'list' ? node.items.map((item) => item.kind === 'scalar' && item.value) : []).toEqual([
    'a',
    'b',
    'c',
    'd',
  ]);
});

test.each([
  ['plain text', 'a: some text', 3],
  ['double quotes', 'a: "some text"', 4],
  ['single quotes', "a: 'some text'", 4],
  ['an escape', 'a: "some\\ttext"', undefined],
  ['two lines', 'a: some\n  text', undefined],
  ['a block', 'a: |\n  some text', undefined],
])('a text knows where it is written as it is: %s', (_, text, verbatimAt) => {
  expect(valueAt(treeOf(text).root, 'a')).toHaveProperty('verbatimAt', verbatimAt);
});

test('a key without a value has nothing, right behind it', () => {
  expect(valueAt(treeOf('{a, b: }').root, 'a')).toEqual({
    kind: 'scalar',
    value: null,
    start: 2,
    end: 2,
    verbatimAt: undefined,
  });
});
