import { expect, test } from 'vitest';
import { FIELDS, KIND_KEYS, SPELLINGS, type Level } from '../../src/language/fields.js';

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

test('each kind of step has its key, which stands on that kind only', () => {
  const kinds = FIELDS.step.filter(({ isKind, shape }) => isKind && shape !== undefined);
  expect(kinds.map(({ name, on }) => [name, on])).toEqual(KIND_KEYS.map((kind) => [kind, [kind]]));
});

test('the fields that need a process stand on steps that start one', () => {
  const fields = ['idle_timeout', 'kill_grace', 'reads', 'writes', 'on_resume'];
  expect(fields.map((name) => SPELLINGS.step.get(name)?.field.on)).toEqual(fields.map(() => ['run', 'commands']));
});
