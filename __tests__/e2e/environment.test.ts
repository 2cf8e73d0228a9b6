import { describe, expect, test } from 'vitest';
import { newRig } from '../rig/rig.js';

const WITHHELD = {
  ACTIONS_RUNTIME_TOKEN: 'withheld',
  ACTIONS_RUNTIME_URL: 'withheld',
  ACTIONS_RESULTS_URL: 'withheld',
  ACTIONS_CACHE_URL: 'withheld',
  ACTIONS_CACHE_SERVICE_V2: 'withheld',
  ACTIONS_CACHE_MODE: 'withheld',
  INPUT_PIPELINE: 'withheld',
  'INPUT_WITH-DASH': 'withheld',
  STATE_started: 'withheld',
};

describe('the environment of a step', () => {
  test('has what Savepoint was given, without what belongs to the runner', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: puppet a }]' });
    rig.run([], { env: { ...WITHHELD, RUNNER_TRACKING_ID: 'kept', GITHUB_SHA: 'kept', OWN: 'kept' } });
    const { env } = await rig.puppet('a').nextInvocation();
    expect(Object.entries(env).filter(([, value]) => value === 'withheld')).toEqual([]);
    expect(env).toMatchObject({ RUNNER_TRACKING_ID: 'kept', GITHUB_SHA: 'kept', OWN: 'kept' });
    expect(env['GITHUB_WORKSPACE']).toBe(rig.workspace);
  });

  test('has the env of the pipeline, of groups and its own, the nearest wins', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
env: { A: file, B: file, C: file, D: "\${{ 1 == 1 }}", E: 1.50, F: }
steps:
  - id: group
    env: { B: group, C: group }
    steps: [{ id: a, env: { C: "\${{ env.B }} step" }, run: 'echo "$A|$B|$C|$D|$E|$F" >> trail.txt' }]
`,
    });
    expect(await rig.run([], { env: { A: 'inherited' } }).exitCode).toBe(0);
    expect(rig.trail()).toEqual(['file|group|group step|true|1.5|']);
  });

  test('says which run, attempt and step it is, with a key that stays the same for the step in this run', async () => {
    await using rig = await newRig({
      'savepoint.yml': 'steps: [{ id: group, steps: [{ id: a, run: puppet a }, { id: b, run: puppet b }] }]',
    });
    const run = rig.run(['--run-id', 'first']);
    const a = await rig.puppet('a').nextInvocation();
    expect(a.env).toMatchObject({
      SAVEPOINT_RUN_ID: 'first',
      SAVEPOINT_WORK_DIR: `${rig.workspace}/.work`,
      SAVEPOINT_STEP: 'group/a',
      SAVEPOINT_ATTEMPT: '1',
      SAVEPOINT_RESUMED: 'false',
    });
    a.exit(1);
    expect(await run.exitCode).toBe(1);
    rig.resume();
    const again = await rig.puppet('a').nextInvocation();
    expect(again.env).toMatchObject({ SAVEPOINT_RUN_ID: 'first', SAVEPOINT_RESUMED: 'true' });
    expect(again.env['SAVEPOINT_STEP_KEY']).toBe(a.env['SAVEPOINT_STEP_KEY']);
    again.exit(0);
    const b = await rig.puppet('b').nextInvocation();
    expect(b.env['SAVEPOINT_STEP_KEY']).not.toBe(a.env['SAVEPOINT_STEP_KEY']);
  });

  test('has another key in another run', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ run: echo "$SAVEPOINT_STEP_KEY" >> trail.txt }]' });
    await rig.run().exitCode;
    await rig.run().exitCode;
    const [first, second] = rig.trail();
    expect(first).toMatch(/./);
    expect(second).not.toBe(first);
  });
});

test('standard input of a step is closed', async () => {
  await using rig = await newRig({
    'savepoint.yml': 'steps: [{ id: a, run: "wc -c > counted.txt; ! read -r line" }]',
  });
  expect(await rig.run().exitCode).toBe(0);
  expect(rig.read('counted.txt').trim()).toBe('0');
});

describe('the current folder of a step', () => {
  test('is the workspace, or its working directory', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
defaults: { working_directory: app }
steps:
  - { run: pwd >> "$GITHUB_WORKSPACE/trail.txt" }
  - { working_directory: app/deep, run: pwd >> "$GITHUB_WORKSPACE/trail.txt" }
  - { working-directory: ., run: pwd >> "$GITHUB_WORKSPACE/trail.txt" }
  - working_directory: app/deep
    steps: [{ run: pwd >> "$GITHUB_WORKSPACE/trail.txt" }]
  - { working_directory: "\${{ inputs.folder }}/deep", run: pwd >> "$GITHUB_WORKSPACE/trail.txt" }
inputs: { folder: { default: app } }
`,
      'app/deep/file': '',
    });
    expect(await rig.run().exitCode).toBe(0);
    const folders = ['/app', '/app/deep', '', '/app/deep', '/app/deep'];
    expect(rig.trail()).toEqual(folders.map((folder) => `${rig.workspace}${folder}`));
  });

  test('that is not there is an error of the step, which names it', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, working_directory: nowhere, run: pwd }]' });
    const run = rig.run();
    expect(await run.exitCode).toBe(1);
    expect(rig.statuses()).toEqual({ a: 'errored' });
    expect(run.stdout()).toMatch(/✗ a errored after .*nowhere/);
  });

  test('is below GITHUB_WORKSPACE where that is set', async () => {
    await using rig = await newRig({ 'project/savepoint.yml': 'steps: [{ run: pwd > here.txt }]' });
    const run = rig.run([], { env: { GITHUB_WORKSPACE: `${rig.workspace}/project` } });
    expect(await run.exitCode).toBe(0);
    expect(rig.read('project/here.txt')).toBe(`${rig.workspace}/project\n`);
    expect(rig.has('project/.work')).toBe(true);
  });
});
