import { expect, test } from 'vitest';
import { armNames } from '../../../src/language/read/arm-names.js';

test('a case is named by its text where that could be an id', () => {
  expect(armNames(['beta', 'stable_2', 'two words', '1', '', 'linux/amd64', 'x'.repeat(101)])).toEqual([
    'beta',
    'stable_2',
    'case-two-words',
    'case-1',
    'case-5',
    'case-linux-amd64',
    `case-${'x'.repeat(40)}`,
  ]);
});

test('names differ whatever the case of their letters, and from default and the fallbacks', () => {
  expect(armNames(['a', 'A', 'Default', 'finally', 'on_Failure'])).toEqual([
    'a',
    'case-a',
    'case-default',
    'case-finally',
    'case-on-failure',
  ]);
});

test('a made name gives way to a text', () => {
  expect(armNames(['1', 'case-1', 'CASE-1-2'])).toEqual(['case-1-3', 'case-1', 'CASE-1-2']);
});
