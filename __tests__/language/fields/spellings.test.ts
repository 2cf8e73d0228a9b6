import { expect, test } from 'vitest';
import { text } from '../../../src/language/fields/shape.js';
import { spellingsOf } from '../../../src/language/fields/spellings.js';

test('a field is found by its name and by the spelling of GitHub, each with its shape', () => {
  const alias = { name: 'a-b', shape: { is: 'boolean' } } as const;
  const field = { name: 'a_b', about: '', shape: text, alias };
  expect([...spellingsOf([field])]).toEqual([
    ['a_b', { field, shape: text }],
    ['a-b', { field, shape: alias.shape }],
  ]);
});
