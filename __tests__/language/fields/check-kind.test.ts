import { expect, test } from 'vitest';
import { checkKind, keysInWords, kindInWords, kindOf } from '../../../src/language/fields/check-kind.js';
import type { Level } from '../../../src/language/fields/fields.js';
import { treeOf } from '../reading.js';

const mapOf = (text: string) => {
  const { root, mistakes } = treeOf(text);
  return root.kind === 'map' ? { map: root, mistakes } : expect.fail('no mapping');
};

const messages = (text: string, level: Level = 'step'): readonly string[] => {
  const { map, mistakes } = mapOf(text);
  checkKind(map, level, mistakes);
  return mistakes.list().map(({ code, message }) => `${message} [${code}]`);
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
  expect(kindOf(mapOf(text).map)).toBe(kind);
});

test('a kind that is planned keeps the rest from being called two kinds', () => {
  expect(messages('{gate: {}, run: a}')).toEqual([]);
});

test('an unknown key may be the kind misspelled, so the missing kind is not told too', () => {
  expect(messages('{runs: a}')).toEqual([]);
});

test('a check is of one kind too', () => {
  expect(messages('{path: a, that: b}', 'check')).toEqual([
    'a check is one thing, this one has "path" and "that"; make it two checks [two-kinds]',
  ]);
  expect(messages('{level: error}', 'check')).toEqual(['a check needs one of path, output, that [no-kind]']);
});

test('kinds and keys have words', () => {
  expect(kindInWords(mapOf('{for_each: [], run: a}').map, 'step')).toBe('a fan-out with "run"');
  expect(kindInWords(mapOf('{for_each: []}').map, 'step')).toBe('a fan-out ("for_each")');
  expect(kindInWords(mapOf('{commands: []}').map, 'step')).toBe('a step with "commands"');
  expect(kindInWords(mapOf('{path: a}').map, 'check')).toBe('a check with "path"');
  expect(keysInWords(['a'])).toBe('"a"');
  expect(keysInWords(['a', 'b', 'c'])).toBe('"a", "b" or "c"');
});
