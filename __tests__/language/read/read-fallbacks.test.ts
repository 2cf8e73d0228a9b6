import { expect, test } from 'vitest';
import { mistakesIn, pipelineOf, stepsOf } from '../reading.js';

test('only what is declared is there, in the order in which it can fire', async () => {
  const { fallbacks, steps } = await pipelineOf('finally: [{run: b}]\non_started: [{run: a}]\nsteps: [{run: c}]');
  expect(Object.keys(fallbacks)).toEqual(['on_started', 'finally']);
  expect(steps[0]?.fallbacks).toEqual({});
});

test('steps of a fallback follow each other and take over what is around them', async () => {
  const [group] = await stepsOf(
    'defaults: {retry: 2}\nsteps: [{shell: sh, steps: [{run: a}], on_failure: [{run: b}, {run: c}]}]',
  );
  expect(group?.fallbacks.on_failure).toMatchObject([
    { needs: [], shell: 'sh', retry: { attempts: 2 } },
    { needs: [0], shell: 'sh' },
  ]);
});

test('the shell of a script is not that of its fallbacks', async () => {
  const [step] = await stepsOf('steps: [{run: a, shell: node, finally: [{run: b}]}]');
  expect(step?.fallbacks.finally?.[0]).not.toHaveProperty('shell');
});

test('a fallback sees its owner and what that sees, at any depth', async () => {
  const file = (id: string): string =>
    `steps: [{id: a, run: a}, {id: b, run: b, finally: [{steps: [{run: c, if: steps.${id}.outcome}]}]}, {id: d, run: d}]`;
  expect(await mistakesIn(file('a'))).toEqual([]);
  expect(await mistakesIn(file('b'))).toEqual([]);
  expect(await mistakesIn(file('d'))).toEqual([expect.stringContaining('[not-upstream]')]);
});

test('fallbacks of the file see every step, but not before there is one', async () => {
  const file = (name: string): string => `${name}: [{run: c, if: steps.a.outcome}]\nsteps: [{id: a, run: a}]`;
  for (const name of ['on_success', 'on_failure', 'on_abortion', 'finally'])
    expect(await mistakesIn(file(name))).toEqual([]);
  expect(await mistakesIn(file('on_started'))).toEqual([expect.stringContaining('[unknown-step]')]);
});

test('output of the owner is kept where a fallback reads it', async () => {
  const [step] = await stepsOf(
    'steps: [{id: a, run: a, on_failure: [{run: b, env: {ERR: "${{ steps.a.output.stderr }}"}}]}]',
  );
  expect(step).toHaveProperty('captures', true);
});

test('failure is read in fallbacks only', async () => {
  expect(await mistakesIn('steps: [{run: a, on_failure: [{steps: [{run: b, if: failure.exit_code}]}]}]')).toEqual([]);
  expect(await mistakesIn('steps: [{run: a, if: failure.exit_code}]')).toEqual([
    expect.stringContaining('[misplaced-context]'),
  ]);
});

test('a fallback in a fallback in a fallback is a warning, reported once', async () => {
  const nested = (depth: number): string => (depth === 0 ? '' : `, finally: [{run: a${nested(depth - 1)}}]`);
  const warningsAt = async (depth: number) => (await pipelineOf(`steps: [{run: a${nested(depth)}}]`)).warnings;
  expect(await warningsAt(2)).toEqual([]);
  expect((await warningsAt(3)).map(({ code }) => code)).toEqual(['deep-fallbacks']);
  expect(await warningsAt(5)).toHaveLength(1);
});

test('a mutex is held while the fallbacks run', async () => {
  expect(await mistakesIn('steps: [{run: a, mutex: m, finally: [{run: b, mutex: m}]}]')).toEqual([
    expect.stringContaining('[nested-mutex]'),
  ]);
});
