import { expect, test } from 'vitest';
import { mistakesIn, stepsOf } from '../reading.js';

const step = async (fields: string) => (await stepsOf(`steps: [{${fields}}]`))[0];

test('the condition of a branch selects, so it is not a condition of the step', async () => {
  const branch = await step('if: "${{ inputs == null }}", then: [{run: a}]');
  expect(branch).toMatchObject({ kind: 'branch', condition: 'inputs == null', arms: [{ name: 'then' }] });
  expect(branch).not.toHaveProperty('if');
});

test('a branch whose condition asks for failures starts after failures', async () => {
  expect(await step('if: failure(), then: [{run: a}], else: [{run: b}]')).toMatchObject({
    if: 'always()',
    condition: 'failure()',
    arms: [{ name: 'then' }, { name: 'else' }],
  });
});

test('a switch has an arm for each case and a last one for the rest', async () => {
  expect(
    await step('switch: 1, cases: {1: [{run: a}], b: [{run: b}]}, default: [{run: c}], if: always()'),
  ).toMatchObject({
    kind: 'switch',
    if: 'always()',
    value: '1',
    arms: [{ name: 'case-1', text: '1' }, { name: 'b', text: 'b' }, { name: 'default' }],
  });
});

test('ids may be the same in two arms, and not in an arm and around it', async () => {
  expect(await mistakesIn('steps: [{if: true, then: [{id: a, run: a}], else: [{id: a, run: a}]}]')).toEqual([]);
  expect(await mistakesIn('steps: [{id: b, if: true, then: [{id: b, run: a}]}]')).toEqual([
    expect.stringContaining('[shadowed-id]'),
  ]);
});

test('an output of a choice may read what only one of its arms has', async () => {
  const file = (name: string): string =>
    `steps: [{if: true, then: [{id: a, run: a}], else: [{id: b, run: a}], outputs: {o: "\${{ steps.${name}.outcome }}"}}]`;
  expect(await mistakesIn(file('a'))).toEqual([]);
  expect(await mistakesIn(file('b'))).toEqual([]);
  expect(await mistakesIn(file('c'))).toEqual([expect.stringContaining('[unknown-step]')]);
});
