import { expect, test } from 'vitest';
import { didYouMean, suggest } from '../../src/base/suggest.js';

const CANDIDATES = ['needs', 'name', 'workingDirectory', 'if'];

test.each([
  ['neds', 'needs'],
  ['NEEDS', 'needs'],
  ['nmae', 'name'],
  ['working-directory', 'workingDirectory'],
  ['of', 'if'],
])('%s is taken for %s', (name, expected) => {
  expect(suggest(name, CANDIDATES)).toBe(expected);
});

test.each(['', 'banana', 'zz', 'n'.repeat(61)])('nothing is suggested for "%s"', (name) => {
  expect(suggest(name, CANDIDATES)).toBeUndefined();
});

test('of two candidates the closer one is suggested', () => {
  expect(suggest('stepss', ['stops', 'steps'])).toBe('steps');
});

test('a suggestion becomes the end of a message, and no suggestion leaves it alone', () => {
  expect(didYouMean('neds', CANDIDATES)).toBe(', did you mean "needs"?');
  expect(didYouMean('banana', CANDIDATES)).toBe('');
});
