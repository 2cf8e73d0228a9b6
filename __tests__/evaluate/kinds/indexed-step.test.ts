import { expect, test } from 'vitest';
import { parentPath } from '../../../src/evaluate/kinds/indexed-step.js';
import { script } from '../../plan/pipeline-builder.js';

test('the list of a step is above its path', () => {
  const { step } = script('b');
  expect([parentPath('b', step), parentPath('a[1]/b', step)]).toEqual(['', 'a[1]']);
});
