import { expect, test } from 'vitest';
import { FIELDS, KIND_KEYS, SPELLINGS, type Level } from '../../../src/language/structure/fields.js';

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
