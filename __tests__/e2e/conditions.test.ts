import { describe, expect, test } from 'vitest';
import { newRig } from '../rig/rig.js';

/** Runs two steps of which the second has a condition, after the first ended with a code; whether it ran. */
const isRun = async (condition: string, code: number): Promise<boolean> => {
  await using rig = await newRig({
    'savepoint.yml': `
inputs: { wanted: { type: boolean, default: true } }
steps:
  - { id: a, run: echo level=3 >> "$GITHUB_OUTPUT"; exit ${String(code)} }
  - { id: b, if: "${condition}", run: echo b >> trail.txt }
`,
  });
  expect(await rig.run().exitCode).toBe(code);
  return rig.trail().length > 0;
};

describe('a condition', () => {
  test.each([
    ['true', true, false],
    ['false', false, false],
    ['success()', true, false],
    ['failure()', false, true],
    ['always()', true, true],
    ['!failure()', true, false],
    ["steps.a.outcome == 'failure' && always()", false, true],
    ["steps.a.outputs.level == '3'", true, false],
    ['${{ steps.a.outputs.level > 2 && always() }}', true, true],
    ['inputs.wanted', true, false],
    ['!inputs.wanted', false, false],
    ["hashFiles('nothing-here') != ''", false, false],
  ])('%s holds after a success: %s, after a failure: %s', async (condition, afterSuccess, afterFailure) => {
    expect(await isRun(condition, 0)).toBe(afterSuccess);
    expect(await isRun(condition, 1)).toBe(afterFailure);
  });

  test('that raises fails its step', async () => {
    await using rig = await newRig({
      'savepoint.yml': 'steps: [{ id: a, if: "fromJSON(github.actor) == 1", run: echo a >> trail.txt }]',
    });
    const run = rig.run([], { env: { GITHUB_ACTOR: 'not json' } });
    expect(await run.exitCode).toBe(1);
    expect(rig.statuses()).toEqual({ a: 'failed' });
    expect(rig.trail()).toEqual([]);
  });
});

describe('a step that its own condition skips', () => {
  test('says why, and holds nothing back', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: a, run: echo a >> trail.txt }
  - { id: b, if: inputs.deploy, run: echo b >> trail.txt }
  - { id: c, run: echo c >> trail.txt }
inputs: { deploy: { type: boolean } }
`,
    });
    const run = rig.run();
    expect(await run.exitCode).toBe(0);
    expect(rig.trail()).toEqual(['a', 'c']);
    expect(run.stdout()).toContain('b skipped: its condition does not hold: inputs.deploy');
    expect(rig.state().completed_steps).toEqual(['a', 'c']);
  });

  test('takes all that it holds with it', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: group, if: false, steps: [{ id: a, run: echo a >> trail.txt }] }
  - { id: b, run: echo b >> trail.txt }
`,
    });
    expect(await rig.run().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b']);
  });
});

test('a run in which nothing ran says so', async () => {
  await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, if: false, run: echo a >> trail.txt }]' });
  const run = rig.run();
  expect(await run.exitCode).toBe(0);
  expect(run.stderr()).toContain('nothing ran: every step was skipped');
});

test('a skip because of a failure names the failure, also further down', async () => {
  await using rig = await newRig({
    'savepoint.yml': 'steps: [{ id: a, run: exit 1 }, { id: b, run: echo }, { id: c, run: echo }]',
  });
  const run = rig.run();
  expect(await run.exitCode).toBe(1);
  expect(run.stdout()).toContain('b skipped: "a" did not succeed');
  expect(run.stdout()).toContain('c skipped: "a" did not succeed');
});
