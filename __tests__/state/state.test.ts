import { describe, expect, test } from 'vitest';
import { FALLBACK_NAMES } from '../../src/language/model/pipeline.js';
import { fallbackAround, isInFallback, outsideFallbacks } from '../../src/state/in-fallback.js';
import { pathMover } from '../../src/state/moved-path.js';

describe('in fallback', () => {
  test.each(FALLBACK_NAMES)('steps of %s are in a fallback, at any depth and at the top', (name) => {
    expect(isInFallback(`${name}/x`)).toBe(true);
    expect(isInFallback(`each[2]/${name}/x`)).toBe(true);
    expect(isInFallback(`build/${name}/group/x[1]/y`)).toBe(true);
  });

  test.each(['build', 'build/on_failures/x', 'not_finally/x', 'each[2]/x'])('%s is in none', (path) => {
    expect(isInFallback(path)).toBe(false);
  });

  test.each([
    ['finally/x', 'finally'],
    ['build/on_failure/g/x[1]/y', 'build/on_failure'],
    ['build/on_failure/x/finally/y', 'build/on_failure/x/finally'],
    ['call/@pipeline/on_success/x', 'call/@pipeline/on_success'],
    ['build/x', undefined],
  ])('%s is in %s', (path, around) => {
    expect(fallbackAround(path)).toBe(around);
  });

  test.each([
    ['a/on_failure/x', 'a'],
    ['g/build[2]/finally/y/on_started/z', 'g/build[2]'],
    ['on_abortion/z', ''],
    ['on_failures/finally_done', 'on_failures/finally_done'],
    ['a/b[0]/c', 'a/b[0]/c'],
  ])('%s belongs to "%s"', (path, owner) => {
    expect(outsideFallbacks(path)).toBe(owner);
  });
});

describe('moved path', () => {
  test.each([
    ['g/each[0]', 'g/each[1]'],
    ['g/each[0]/x[3]/on_failure/y', 'g/each[1]/x[3]/on_failure/y'],
    ['g/each[12]/x', 'g/each[2]/x'],
    ['g/each[1]/x', undefined],
    ['g/each', 'g/each'],
    ['g/eachother[0]', 'g/eachother[0]'],
    ['each[0]', 'each[0]'],
  ])('%s goes to %s', (path, moved) => {
    expect(pathMover('g/each', [null, 0, 12])(path)).toBe(moved);
  });
});
