import { expect, test } from 'vitest';
import { suggestId } from '../../../src/language/model/suggest-id.js';

test('a close id is suggested', () => {
  expect(suggestId('biuld', ['test', 'build'])).toBe(', did you mean "build"?');
  expect(suggestId('deploy', ['test', 'build'])).toBe('');
});

test('only so many ids are compared', () => {
  const many = Array.from({ length: 500 }, (_, index) => `other-${index}-step`);
  expect(suggestId('biuld', [...many, 'build'])).toBe('');
});
