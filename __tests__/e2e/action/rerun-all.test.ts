import { describe, expect, test } from 'vitest';
import { failsAt, openScene, stepsIn, untilSaved, warningsOf } from './scenes.js';
import { LONG } from '../../rig/scale.js';

const FRESH = { one: '✓', two: '✓' };

describe('a re-run of a job that succeeded', () => {
  test('starts fresh', async () => {
    await using scene = await openScene(`steps: [{ id: one, run: 'true' }, { id: two, run: 'true' }]`);
    await scene.attempt();
    expect(await scene.github.entries()).toEqual([]);
    scene.github.rerunAll();
    const { steps, step } = await scene.attempt();
    expect(steps).toEqual(FRESH);
    expect(step.outputs).toMatchObject({ resumed: 'false', attempt: '1', 'steps-resumed': '0' });
  });

  test('starts fresh also when checkpoints were saved on the way', LONG, async () => {
    await using scene = await openScene(`
checkpoint: { min_interval: 0s }
steps: [{ id: one, run: 'touch one' }, { id: two, run: 'puppet two; ls' }]
`);
    const job = scene.nextJob();
    const running = job.runStep();
    const two = await scene.puppet('two').nextInvocation();
    await untilSaved(scene.github, 1);
    two.exit(0);
    await running.ended;
    expect((await job.finish()).post.log).toContain('marked as finished');
    scene.github.rerunAll();
    const again = scene.nextJob();
    const runningAgain = again.runStep();
    const next = await scene.puppet('two').nextInvocation();
    next.exit(0);
    const step = await runningAgain.ended;
    expect(stepsIn(step)).toEqual(FRESH);
    expect(step.log).toContain('the run of the previous attempt finished, so this one starts fresh');
    expect(step.outputs).toMatchObject({ resumed: 'false', warnings: '' });
  });
});

describe('when the pipeline succeeded and the job failed later', () => {
  const PIPELINE = `
steps:
  - { id: one, run: 'mkdir bin; echo made > file; echo NAME=value >> "$GITHUB_ENV"; echo "$PWD/bin" >> "$GITHUB_PATH"' }
  - { id: two, run: 'echo result=42 >> "$GITHUB_OUTPUT"' }
outputs: { result: '\${{ steps.two.outputs.result }}' }
`;
  const SHOW = 'cat file; echo "$NAME"; echo "$PATH"';

  test('a re-run skips all of it, and the later steps find everything', async () => {
    await using scene = await openScene(PIPELINE);
    const first = await scene.attempt({ after: 'exit 1' });
    expect(first.end.status).toBe('failure');
    expect(first.end.post.log).toContain('saved for a re-run: the workspace after "two"');
    const second = await scene.attempt({ after: `${SHOW}; exit 1` });
    expect(second.step.log).toContain('had finished before (succeeded), nothing to do');
    expect(second.step.groups).toEqual([]);
    expect(second.step.outputs).toMatchObject({
      outcome: 'succeeded',
      'steps-resumed': '2',
      outputs: '{"result":"42"}',
    });
    expect(second.after.log).toContain('made\nvalue\n' + `${second.job.workspace}/bin:`);
    const third = await scene.attempt({ after: SHOW });
    expect(third.step.outputs).toMatchObject({ outcome: 'succeeded', 'steps-resumed': '2' });
    expect(third.end.status).toBe('success');
    scene.github.rerunAll();
    const fourth = await scene.attempt();
    expect(fourth.steps).toEqual(FRESH);
    expect(fourth.step.outputs).toMatchObject({ resumed: 'false' });
  });
});

const TWO_STEPS = `steps: [{ id: one, run: 'touch one' }, { id: two, run: "${failsAt('two')}" }]`;

describe('resume: never', () => {
  test('starts fresh, and what that attempt leaves is resumed by the next', LONG, async () => {
    await using scene = await openScene(TWO_STEPS);
    await scene.attempt({ failAt: 'two' });
    const second = await scene.attempt({ failAt: 'two', inputs: { resume: 'never' } });
    expect(second.steps).toEqual({ one: '✓', two: '✗ exit code 1' });
    expect(second.step.outputs).toMatchObject({ resumed: 'false', attempt: '1' });
    const third = await scene.attempt();
    expect(third.steps).toEqual({ one: '↻ kept from attempt 1', two: '✓ it failed last time' });
    expect(third.step.outputs['run-id']).toBe(second.step.outputs['run-id']);
  });
});

describe('resume: require', () => {
  const REQUIRE = { resume: 'require' };

  test('lets the first attempt run', async () => {
    await using scene = await openScene(TWO_STEPS);
    expect((await scene.attempt({ inputs: REQUIRE })).end.status).toBe('success');
  });

  test('fails and says why when there is nothing to resume from', async () => {
    await using scene = await openScene(TWO_STEPS);
    await scene.nextJob().machineLost();
    const { step, steps } = await scene.attempt({ inputs: REQUIRE });
    expect(step.conclusion).toBe('failure');
    expect(step.annotations).toMatchObject([
      {
        kind: 'error',
        message: expect.stringMatching(/no checkpoint of an earlier attempt.*"resume: require"/) as unknown,
      },
    ]);
    expect(steps).toEqual({});
  });

  test('fails and says why when the checkpoint cannot be used', async () => {
    await using scene = await openScene(TWO_STEPS);
    await scene.attempt({ failAt: 'two' });
    scene.commit({ other: 'file' });
    const { step, steps } = await scene.attempt({ inputs: REQUIRE });
    expect(step.conclusion).toBe('failure');
    expect(step.annotations).toMatchObject([
      { kind: 'error', message: expect.stringMatching(/another commit.*"resume: require"/) as unknown },
    ]);
    expect(steps).toEqual({});
  });
});

test('a checkpoint of another commit is not used, and the reason is said', LONG, async () => {
  await using scene = await openScene(TWO_STEPS);
  await scene.attempt({ failAt: 'two' });
  scene.commit({ other: 'file' });
  const second = await scene.attempt({ before: 'test ! -e one' });
  expect(`${second.step.log}${warningsOf(second).join()}`).toMatch(
    /not used: it was made on another commit \(\w{7}, this is \w{7}\)/,
  );
  expect(Object.keys(second.steps)).toEqual(['one', 'two']);
  expect(second.steps['one']).toMatch(/^✓/);
  expect(second.step.outputs['steps-resumed']).toBe('0');
});
