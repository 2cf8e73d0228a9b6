import { expect, test } from 'vitest';
import { stepsOf } from '../reading.js';

const step = async (fields: string) => (await stepsOf(`steps: [{${fields}}]`))[0];

test('commands stop at the first that fails unless they continue', async () => {
  expect(await step('commands: [a, b]')).toMatchObject({ kind: 'commands', commands: ['a', 'b'], mode: 'stop' });
  expect(await step('commands: [a], mode: continue')).toHaveProperty('mode', 'continue');
});

test('what a step prints is its outputs only where it says so', async () => {
  expect(await step('run: a, output_format: json')).toHaveProperty('outputFormat', 'json');
  expect(await step('run: a')).not.toHaveProperty('outputFormat');
});

test('a process has ten seconds to end unless it says otherwise', async () => {
  expect(await step('run: a')).toHaveProperty('killGraceMs', 10_000);
  expect(await step('run: a, kill_grace: 1m')).toHaveProperty('killGraceMs', 60_000);
});
