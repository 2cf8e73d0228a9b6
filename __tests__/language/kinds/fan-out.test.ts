import { expect, test } from 'vitest';
import { mistakesIn, stepsOf } from '../reading.js';

const step = async (fields: string) => (await stepsOf(`steps: [{${fields}}]`))[0];

test('items are a list as it is written, or an expression', async () => {
  expect(await step('for_each: [1, {a: [x]}], run: a')).toMatchObject({ items: { list: [1, { a: ['x'] }] } });
  expect(await step('for_each: "${{ github.event.list }}", run: a')).toMatchObject({
    items: { from: 'github.event.list' },
  });
  expect(await step('for_each: github.event.list, run: a')).toMatchObject({ items: { from: 'github.event.list' } });
});

test('beside a script, what a process has belongs to each item and the rest to the whole', async () => {
  const fanOut = await step(
    'id: f, for_each: [a], max_parallel: 2, run: a, env: {A: "${{ item }}"}, retry: 2, reads: "${{ index }}", timeout: 1m, if: always(), mutex: m, on_failure: [{run: b}]',
  );
  expect(fanOut).toMatchObject({
    kind: 'fan-out',
    env: {},
    reads: [],
    timeoutMs: 60_000,
    if: 'always()',
    mutex: 'm',
    maxParallel: 2,
    body: {
      one: {
        id: 'f',
        name: 'f',
        needs: [],
        env: { A: '${{ item }}' },
        retry: { attempts: 2 },
        reads: ['${{ index }}'],
      },
    },
  });
  expect(fanOut).toHaveProperty('fallbacks.on_failure');
  const body = fanOut?.kind === 'fan-out' && 'one' in fanOut.body ? fanOut.body.one : expect.fail('no script');
  expect(body).not.toHaveProperty('timeoutMs');
  expect(body).not.toHaveProperty('if');
  expect(body).not.toHaveProperty('mutex');
  expect(body.fallbacks).toEqual({});
});

test('the default timeout is one of each item', async () => {
  const [fanOut] = await stepsOf('defaults: {timeout: 1s}\nsteps: [{for_each: [a], run: a}]');
  expect(fanOut).toMatchObject({ body: { one: { timeoutMs: 1000 } } });
  expect(fanOut).not.toHaveProperty('timeoutMs');
});

test('the name of a fan-out without one is the first line of its script', async () => {
  expect(await step('for_each: [a], run: make all')).toMatchObject({
    name: 'make all',
    body: { one: { name: 'make all' } },
  });
});

test('item and index are read at any depth inside, and nowhere else', async () => {
  const inside = '{steps: [{if: true, then: [{run: a, if: item == index, finally: [{run: b, if: item}]}]}]}';
  expect(await mistakesIn(`steps: [{for_each: [a], steps: [${inside}]}]`)).toEqual([]);
  for (const field of ['if: item', 'name: "${{ index }}"', 'expect: {that: item}', 'on_failure: [{run: a, if: index}]'])
    expect(await mistakesIn(`steps: [{for_each: [a], run: a, ${field}}]`)).toEqual([
      expect.stringContaining('[misplaced-context]'),
    ]);
});

test('a script for each item does not see the whole, and sees what is before it', async () => {
  const file = (id: string): string =>
    `steps: [{id: a, run: a}, {id: f, for_each: [x], run: a, env: {A: "\${{ steps.${id}.outcome }}"}}]`;
  expect(await mistakesIn(file('a'))).toEqual([]);
  expect(await mistakesIn(file('f'))).toEqual([expect.stringContaining('[not-upstream]')]);
});
