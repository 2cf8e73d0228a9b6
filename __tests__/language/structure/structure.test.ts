import { describe, expect, test } from 'vitest';
import { checkKind, keysInWords, kindInWords } from '../../../src/language/structure/check-kind.js';
import { FIELDS, KIND_KEYS, type Level, SPELLINGS } from '../../../src/language/structure/fields.js';
import { treeOf } from '../reading.js';

describe('check kind', () => {
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
});

describe('fields', () => {
  const levels = Object.keys(FIELDS) as readonly Level[];

  test.each(levels)('no name means two fields: %s', (level) => {
    const names = FIELDS[level].flatMap(({ name, alias }) => (alias === undefined ? [name] : [name, alias.name]));
    expect(names).toEqual([...new Set(names)]);
  });

  test('an alias means the field it stands for', () => {
    expect(SPELLINGS.step.get('timeout-minutes')?.field.name).toBe('timeout');
    expect(SPELLINGS.step.get('continue-on-error')?.field.name).toBe('continue_on_error');
    expect(SPELLINGS.defaults.get('working-directory')?.field.name).toBe('working_directory');
  });

  test('the kinds of step are those of the design', () => {
    expect(KIND_KEYS.join(' ')).toBe('run commands steps parallel then switch while do_while for_each pipeline');
  });

  test('a field names only fields of its level', () => {
    for (const level of levels) {
      const names = FIELDS[level].flatMap(({ on, beside }) => [...(on ?? []), ...(beside ?? [])]);
      expect(names.filter((name) => !SPELLINGS[level].has(name))).toEqual([]);
    }
  });
});
