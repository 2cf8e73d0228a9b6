import { expect, test } from 'vitest';
import { calledFilePath, isWithin, pathBelow, stepPath } from '../../../src/language/model/step-path.js';

test('a path names the way to a step', () => {
  expect(stepPath('', { id: 'a' })).toBe('a');
  expect(stepPath('a/b', { id: 'c' })).toBe('a/b/c');
  expect(pathBelow('build', 'on_failure')).toBe('build/on_failure');
  expect(calledFilePath('call')).toBe('call/@pipeline');
});

test('a step has in it what stands below its path', () => {
  expect(['a', 'a/b', 'a[2]/b', 'a/finally/b'].every((path) => isWithin(path, 'a'))).toBe(true);
  expect(['ab', 'b/a', ''].some((path) => isWithin(path, 'a'))).toBe(false);
});
