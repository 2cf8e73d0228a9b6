import { expect, test } from 'vitest';
import { kindKeysOf, kindOf } from '../../../src/language/fields/kind-keys.js';
import { STEP_MARKS } from '../../../src/language/kinds/kind-rows.js';
import type { MapNode } from '../../../src/language/yaml/yaml-tree.js';
import { treeOf } from '../reading.js';

const mapOf = (text: string): MapNode => {
  const { root } = treeOf(text);
  return root.kind === 'map' ? root : expect.fail('no mapping');
};

test.each([
  ['{id: a, parallel: []}', 'parallel'],
  ['{while: a, steps: []}', 'while'],
  ['{steps: [], do_while: a}', 'do_while'],
  ['{for_each: [], run: a}', 'for_each'],
  ['{for_each: [], commands: []}', 'for_each'],
  ['{if: a, then: [], else: []}', 'then'],
  ['{switch: a, cases: {}}', 'switch'],
  ['{pipeline: a}', 'pipeline'],
  ['{while: a}', 'while'],
  ['{id: a}', undefined],
  ['{run: a, steps: []}', undefined],
  ['{while: a, run: a}', undefined],
  ['{for_each: [], run: a, steps: []}', undefined],
  ['{gate: {}}', undefined],
])('the kind of %s is that of its leading key: %s', (text, kind) => {
  expect(kindOf(mapOf(text), STEP_MARKS)).toBe(kind);
});

test('a body belongs to its leader', () => {
  const { all, leaders, bodies } = kindKeysOf(mapOf('{run: a, id: b, for_each: []}'), STEP_MARKS);
  expect([all, leaders, bodies].map((entries) => entries.map(({ key }) => key))).toEqual([
    ['run', 'for_each'],
    ['for_each'],
    ['run'],
  ]);
});
