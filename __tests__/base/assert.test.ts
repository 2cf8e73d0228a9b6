import { expect, test } from 'vitest';
import { invariant, never } from '../../src/base/assert.js';

test('reaching what the types rule out is an error that shows the value', () => {
  const reach = never as (value: unknown) => never;
  expect(() => reach({ kind: 'new' })).toThrow('unexpected value: {"kind":"new"}');
});

test('an invariant that holds says nothing, one that does not throws its message', () => {
  expect(() => invariant(true, 'fine')).not.toThrow();
  expect(() => invariant(undefined, 'a run has started')).toThrow('invariant broken: a run has started');
});
