import { expect, test } from 'vitest';
import { checkStructure } from '../../../src/language/structure/check-structure.js';
import { treeOf } from '../reading.js';

const messages = (text: string): readonly string[] => {
  const { root, mistakes } = treeOf(text);
  checkStructure(root, { source: text, mistakes });
  return mistakes.list().map(({ code, message }) => `${message} [${code}]`);
};

const onStep = (fields: string): readonly string[] => messages(`steps: [{run: a, ${fields}}]`);

test.each([
  ['continue_on_error: yes', 'must be true or false, found text; YAML 1.2 reads this word as text, write true'],
  ['continue_on_error: Off', 'must be true or false, found text; YAML 1.2 reads this word as text, write false'],
  ['continue_on_error: "true"', 'must be true or false, found text; leave out the quotes'],
  ['continue_on_error: 1', 'must be true or false, found the number 1'],
  ['name: 5', 'must be text, found the number 5; put it in quotes'],
  ['name: true', 'must be text, found true; put it in quotes'],
  ['timeout-minutes: "5"', 'must be a number, found text; leave out the quotes'],
  ['timeout-minutes: .inf', 'must be a number, found the number Infinity'],
  ['mutex: [a]', 'must be text, found a list'],
  ['if: [a]', 'must be text, a number or true or false, found a list'],
])('what was found and what was expected is reported: %s', (field, message) => {
  const name = field.slice(0, field.indexOf(':'));
  expect(onStep(field)).toEqual([`"${name}" ${message} [wrong-type]`]);
});

test('conditions and env take numbers and booleans', () => {
  expect(onStep('if: true, env: {A: 1, B: false, C: ~, D: x}')).toEqual([]);
});

test('an input may be declared by its name alone', () => {
  expect(messages('inputs: {a: , b: ~}\nsteps: [{run: a}]')).toEqual([]);
});

test('steps are checked at every depth', () => {
  expect(messages('steps: [{steps: [{parallel: [{run: 5}]}]}]')).toEqual([
    '"run" must be text, found the number 5; put it in quotes [wrong-type]',
  ]);
});

test('a file that is not a mapping is reported as such', () => {
  expect(messages('5')).toEqual(['a pipeline file must be a mapping with "steps", found the number 5 [wrong-type]']);
});
