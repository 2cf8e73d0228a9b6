import { expect, test } from 'vitest';
import { pathMover } from '../../src/state/moved-path.js';

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
