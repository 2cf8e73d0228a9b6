import { expect, test } from 'vitest';
import { mistakesIn, stepsOf } from '../reading.js';

const retryOf = async (text: string) => (await stepsOf(`steps: [{run: a, retry: ${text}}]`))[0];

test('a number is a number of attempts, without delay, after failures and timeouts', async () => {
  expect(await retryOf('3')).toMatchObject({
    retry: { attempts: 3, delayMs: 0, factor: 2, jitter: 0, on: ['failure', 'timeout'] },
  });
});

test('every part of it can be given', async () => {
  const text =
    '{attempts: 4, delay: 1s, factor: 1, max_delay: 1m, jitter: 0.5, exit_codes: [7, 0], match: "^a", on: timeout, before: clean}';
  expect(await retryOf(text)).toMatchObject({
    retry: {
      attempts: 4,
      delayMs: 1000,
      factor: 1,
      maxDelayMs: 60_000,
      jitter: 0.5,
      exitCodes: [7, 0],
      match: '^a',
      on: ['timeout'],
      before: 'clean',
    },
  });
});

test('the nearest retry wins, and the default is one of processes', async () => {
  const [a, b, group] = await stepsOf(
    'defaults: {retry: 2}\nsteps: [{run: a}, {run: b, retry: 1}, {steps: [{run: c}]}]',
  );
  expect(a).toHaveProperty('retry.attempts', 2);
  expect(b).toHaveProperty('retry.attempts', 1);
  expect(group).not.toHaveProperty('retry');
  expect(group).toHaveProperty('steps.0.retry.attempts', 2);
});

test('a script before an attempt holds no expression', async () => {
  expect(await mistakesIn('steps: [{run: a, retry: {attempts: 2, before: "echo ${{ run.id }}"}}]')).toEqual([
    expect.stringContaining('[expression-in-script]'),
  ]);
});
