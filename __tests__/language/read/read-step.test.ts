import { expect, test } from 'vitest';
import { mistakesIn, stepsOf } from '../reading.js';

const step = async (fields: string) => (await stepsOf(`steps: [{${fields}}]`))[0];

test.each([
  ['run: a, name: N, id: i', 'N'],
  ['run: a, id: i', 'i'],
  ['run: "\\n  first line  \\nsecond"', 'first line'],
  ['commands: [one, two]', 'one'],
  ['steps: [{run: a}]', 'step-1'],
])('the display text of {%s} is %s', async (fields, name) => {
  expect(await step(fields)).toHaveProperty('name', name);
});

test.each([
  ['true', 'true'],
  ['0', '0'],
  ['"${{ always() }}"', 'always()'],
  ['failure()', 'failure()'],
])('the condition %s is read as %s', async (written, condition) => {
  expect(await step(`run: a, if: ${written}`)).toHaveProperty('if', condition);
});

test('the default timeout is one of processes, not of groups', async () => {
  const [group] = await stepsOf('defaults: {timeout: 1s}\nsteps: [{steps: [{run: a}]}]');
  expect(group).not.toHaveProperty('timeoutMs');
  expect(group).toHaveProperty('steps.0.timeoutMs', 1000);
});

test('a shell with a place for the script may be any command', async () => {
  expect(await step('run: a, shell: "perl -w {0}"')).toHaveProperty('shell', 'perl -w {0}');
  expect(await mistakesIn('steps: [{run: a, shell: perl}]')).toEqual([expect.stringContaining('[bad-shell]')]);
});
