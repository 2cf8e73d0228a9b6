import { describe, expect, test } from 'vitest';
import { newRig } from '../rig/rig.js';

type Case = readonly [condition: string, afterSuccess: boolean, afterFailure: boolean];

const CASES: readonly Case[] = [
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
];

describe('a condition', () => {
  test.each([0, 1])('holds or not after a step that ended with %i', async (code) => {
    const steps = CASES.map(([condition], index) => {
      const id = `s${String(index)}`;
      return `  - { id: ${id}, needs: a, if: "${condition}", run: echo ${id} >> trail.txt }`;
    });
    await using rig = await newRig({
      'savepoint.yml': `
max_parallel: 1
inputs: { wanted: { type: boolean, default: true } }
steps:
  - { id: a, run: echo level=3 >> "$GITHUB_OUTPUT"; exit ${String(code)} }
${steps.join('\n')}
`,
    });
    expect(await rig.run().exitCode).toBe(code);
    const ran = rig.trail();
    const held = CASES.filter((_case, index) => ran.includes(`s${String(index)}`)).map(([condition]) => condition);
    const expected = CASES.filter(([, afterSuccess, afterFailure]) => (code === 0 ? afterSuccess : afterFailure));
    expect(held).toEqual(expected.map(([condition]) => condition));
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
