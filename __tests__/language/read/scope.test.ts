import { expect, test } from 'vitest';
import { findStep, type Scope } from '../../../src/language/read/scope.js';

const scope = (ids: readonly string[], around?: Scope['around']): Scope => ({
  ids: new Map(ids.map((id, index) => [id, index])),
  needs: [],
  ranks: [],
  nodes: [],
  steps: [],
  around,
  contexts: [],
  fallbackDepth: 0,
});

test('a step is found in the list itself, then in those around it, whatever the case', () => {
  const outer = scope(['a', 'group']);
  const around = { scope: outer, at: 1 };
  const viewer = { scope: scope(['b', 'c'], around), at: 0 };
  expect(findStep('C', viewer)).toEqual({ index: 1, viewer });
  expect(findStep('A', viewer)).toEqual({ index: 0, viewer: around });
  expect(findStep('x', viewer)).toBeUndefined();
  expect(findStep('a', undefined)).toBeUndefined();
});
