import { expect, test } from 'vitest';
import { readCondition } from '../../../src/language/read/read-condition.js';
import { treeOf } from '../reading.js';

const read = (text: string) => {
  const { root, reading } = treeOf(`[${text}]`);
  const taken: string[] = [];
  const use = { place: 'step', viewer: undefined, take: (each: string) => taken.push(each), isIf: true } as const;
  readCondition(root.kind === 'list' ? root.items[0] : undefined, use, reading);
  return { taken, sites: reading.sites.map(({ node }) => node.value) };
};

test('a plain value is known at once, a text when it was checked', () => {
  expect(read('true')).toEqual({ taken: ['true'], sites: [] });
  expect(read('0')).toEqual({ taken: ['0'], sites: [] });
  expect(read('always()')).toEqual({ taken: [], sites: ['always()'] });
});

test('nothing, and a value that is not a scalar, are not a condition', () => {
  expect(read('~')).toEqual({ taken: [], sites: [] });
  expect(read('{a: b}')).toEqual({ taken: [], sites: [] });
});
