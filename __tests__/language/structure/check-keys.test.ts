import { expect, test } from 'vitest';
import { checkKeys } from '../../../src/language/structure/check-keys.js';
import type { Level } from '../../../src/language/structure/fields.js';
import { treeOf } from '../reading.js';

const messages = (text: string, level: Level): readonly string[] => {
  const { root, mistakes } = treeOf(text);
  if (root.kind !== 'map') return [];
  checkKeys(root, level, mistakes);
  return mistakes.list().map(({ code, message }) => `${message} [${code}]`);
};

test('a field stands beside the keys it acts on, also those of a fan-out', () => {
  expect(messages('{for_each: [], run: a, retry: 2}', 'step')).toEqual([]);
  expect(messages('{for_each: [], steps: [], retry: 2}', 'step')).toEqual([
    '"retry" does not belong on a fan-out with "steps", only on steps with "run" or "commands" [misplaced-key]',
  ]);
});

test('a missing companion of a key is reported', () => {
  expect(messages('{while: a}', 'step')).toEqual(['"while" needs "steps" beside it [missing-key]']);
  expect(messages('{output: a}', 'check')).toEqual(['"output" needs "matches" beside it [missing-key]']);
});

test('fields of retry and of checks are reported where they belong to those who put them on a step only', () => {
  expect(messages('{run: a, delay: 5s}', 'step')).toEqual([
    '"delay" does not belong on a step; it goes in "retry" [misplaced-key]',
  ]);
  expect(messages('{steps: [], on: push}', 'file')).toEqual([expect.stringContaining('unknown key "on"')]);
});

test('an unknown key may be the kind misspelled, so the missing kind is not told too', () => {
  expect(messages('{runs: a}', 'step')).toEqual(['unknown key "runs", did you mean "run"? [unknown-key]']);
});

test('a known key at the wrong level is reported where it belongs', () => {
  expect(messages('{run: a, secrets: []}', 'step')).toEqual([
    '"secrets" does not belong on a step; it goes at the top of the file [misplaced-key]',
  ]);
  expect(messages('{steps: [], shell: sh}', 'file')).toEqual([
    '"shell" does not belong at the top of the file; it goes on a step or in "defaults" [misplaced-key]',
  ]);
});

test('a field that is planned for another level is not called unknown', () => {
  expect(messages('{steps: [], gate: {}}', 'file')).toEqual(['"gate" is not supported yet [not-supported-yet]']);
});

test('a field in both spellings is reported in either order', () => {
  expect(messages('{run: a, continue-on-error: true, continue_on_error: true}', 'step')).toEqual([
    '"continue_on_error" and "continue-on-error" are the same field; keep one of them [two-spellings]',
  ]);
});
