import { expect, test } from 'vitest';
import { itemScopes } from '../../src/evaluate/item-scopes.js';
import { listScope } from '../../src/evaluate/step-context.js';

const list = listScope('', []);

test('each item is seen with its index, by steps as it is and by fingerprints as it is stored', () => {
  const [, second] = itemScopes(list, { live: ['a', 'secret'], recorded: ['a', '***'] }, 'outer');
  expect(second?.list.bindings).toEqual({
    live: { item: 'secret', index: 1 },
    recorded: { item: '***', index: 1 },
  });
});

test('the digest of an item depends on what is around it and what is stored, not on its index', () => {
  const digests = (items: readonly string[], outer: string): readonly string[] =>
    itemScopes(list, { live: items.map(() => 'x'), recorded: items }, outer).map(({ values }) => values);
  const [a, b, again] = digests(['a', 'b', 'a'], 'outer');
  expect(a).toBe(again);
  expect(a).not.toBe(b);
  expect(digests(['a'], 'other')[0]).not.toBe(a);
});
