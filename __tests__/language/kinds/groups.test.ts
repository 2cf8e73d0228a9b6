import { expect, test } from 'vitest';
import { mistakesIn, stepsOf } from '../reading.js';

test('steps of a group run in order, those of a parallel group at the same time', async () => {
  const [group, parallel] = await stepsOf('steps: [{steps: [{run: a}, {run: b}]}, {parallel: [{run: a}, {run: b}]}]');
  expect(group).toMatchObject({ kind: 'group', steps: [{ needs: [] }, { needs: [0] }] });
  expect(parallel).toMatchObject({ kind: 'parallel', steps: [{ needs: [] }, { needs: [] }] });
});

test('outputs see the steps inside, and not what the container needs', async () => {
  const file = (value: string): string =>
    `steps: [{id: a, run: a}, {steps: [{id: b, run: b}], outputs: {x: "\${{ ${value} }}"}}]`;
  expect(await mistakesIn(file('steps.b.outcome && steps.a.outcome'))).toEqual([]);
  expect(await mistakesIn(file('needs.a.result'))).toEqual([expect.stringContaining('[misplaced-context]')]);
});
