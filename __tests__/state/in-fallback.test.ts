import { expect, test } from 'vitest';
import { FALLBACK_NAMES } from '../../src/language/pipeline.js';
import { isInFallback } from '../../src/state/in-fallback.js';

test.each(FALLBACK_NAMES)('steps of %s are in a fallback, at any depth and at the top', (name) => {
  expect(isInFallback(`${name}/x`)).toBe(true);
  expect(isInFallback(`each[2]/${name}/x`)).toBe(true);
  expect(isInFallback(`build/${name}/group/x[1]/y`)).toBe(true);
});

test.each(['build', 'build/on_failures/x', 'not_finally/x', 'each[2]/x'])('%s is in none', (path) => {
  expect(isInFallback(path)).toBe(false);
});
