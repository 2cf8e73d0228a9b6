import { expect, test } from 'vitest';
import { mistakesIn, stepsOf } from '../reading.js';

test('the nearest shell and working directory win, through every kind of container', async () => {
  const [branch, loop, each] = await stepsOf(
    `defaults: {shell: sh, working_directory: d}
steps:
  - {if: true, shell: node, then: [{run: a}, {run: b, shell: bash}]}
  - {while: true, working_directory: w, steps: [{run: a}]}
  - {for_each: [a], shell: python, steps: [{steps: [{run: a}]}]}`,
  );
  expect(branch).toMatchObject({
    arms: [{ steps: [{ shell: 'node', workingDirectory: 'd' }, { shell: 'bash' }] }],
  });
  expect(loop).toMatchObject({ steps: [{ shell: 'sh', workingDirectory: 'w' }] });
  expect(each).toMatchObject({ body: { steps: [{ steps: [{ shell: 'python' }] }] } });
});

test('a shell is one of those known, or a command with a place for the script', async () => {
  expect(await mistakesIn('defaults: {shell: bsh}\nsteps: [{run: a}]')).toEqual([
    expect.stringContaining('unknown shell "bsh", did you mean "bash"?'),
  ]);
});
