import { expect, test } from 'vitest';
import { checkKind, keysInWords, kindInWords } from '../../../src/language/structure/check-kind.js';
import type { Level } from '../../../src/language/structure/fields.js';
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
