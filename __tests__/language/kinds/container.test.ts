import { expect, test } from 'vitest';
import { CONTAINER } from '../../../src/language/kinds/container.js';
import { mistakesIn, stepsOf } from '../reading.js';

test('the outputs of a container are those that it declares', async () => {
  const [group] = await stepsOf('steps: [{steps: [{id: a, run: a}], outputs: {x: "${{ steps.a.outputs.y }}"}}]');
  expect(group).toMatchObject({ outputs: { x: '${{ steps.a.outputs.y }}' } });
  expect(group?.kind === 'group' && CONTAINER.declaredOutputs(group)).toEqual({ names: ['x'], where: 'its "outputs"' });
});

test('its checks can look at no other output', async () => {
  expect(await mistakesIn('steps: [{steps: [{run: a}], outputs: {x: "1"}, expect: {output: y, matches: a}}]')).toEqual([
    expect.stringContaining('[unknown-output]'),
  ]);
});
