import { expect, test } from 'vitest';
import { reliedOn } from '../../src/state/run-state.js';
import { begin, recordAfter, succeed } from './told-run.js';

test('steps rely on the latest record of a step, or on how it finished before it only ran again to be there', () => {
  const once = [begin('a'), succeed('a')];
  const plain = recordAfter('a', ...once);
  expect(reliedOn(plain)).toBe(plain);
  const again = recordAfter('a', ...once, begin('a', { refresh: true }));
  expect(reliedOn(again)).toEqual(plain);
  expect(reliedOn(undefined)).toBeUndefined();
});
