import { expect, test } from 'vitest';
import { checkKeys, checkKind, kindOf } from '../../src/language/check-keys.js';
import { treeOf } from './reading.js';

const messages = (text: string, level: 'file' | 'step'): readonly string[] => {
  const { root, mistakes } = treeOf(text);
  if (root.kind !== 'map') return [];
  checkKeys(root, level, mistakes);
  if (level === 'step') checkKind(root, mistakes);
  return mistakes.list().map(({ code, message }) => `${message} [${code}]`);
};

const kind = (text: string) => {
  const { root } = treeOf(text);
  return root.kind === 'map' ? kindOf(root) : undefined;
};

test('the kind of a step is its one kind key', () => {
  expect(kind('{id: a, parallel: []}')).toBe('parallel');
  expect(kind('{id: a}')).toBeUndefined();
  expect(kind('{run: a, steps: []}')).toBeUndefined();
  expect(kind('{gate: {}}')).toBeUndefined();
});

test('a loop may have steps beside its condition: only the loop is not supported', () => {
  expect(messages('{while: a, steps: []}', 'step')).toEqual(['"while" is not supported yet [not-supported-yet]']);
});

test('an unknown key may be the kind misspelled, so the missing kind is not told too', () => {
  expect(messages('{runs: a}', 'step')).toEqual(['unknown key "runs", did you mean "run"? [unknown-key]']);
});

test('a known key at the wrong level is told where it belongs', () => {
  expect(messages('{run: a, secrets: []}', 'step')).toEqual([
    '"secrets" does not stand on a step, it belongs at the top of the file [misplaced-key]',
  ]);
  expect(messages('{steps: [], shell: sh}', 'file')).toEqual([
    '"shell" does not stand at the top of the file, it belongs on a step or in "defaults" [misplaced-key]',
  ]);
});

test('a field that is planned for another level is not called unknown', () => {
  expect(messages('{steps: [], gate: {}}', 'file')).toEqual(['"gate" is not supported yet [not-supported-yet]']);
});

test('a field in both spellings is told in either order', () => {
  expect(messages('{run: a, continue-on-error: true, continue_on_error: true}', 'step')).toEqual([
    '"continue_on_error" and "continue-on-error" are the same field; keep one of them [two-spellings]',
  ]);
});
