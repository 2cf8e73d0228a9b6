import { describe, expect, test } from 'vitest';
import { nodes } from '../../rig/nodes.js';
import { failsAt, openScene, warningsOf } from './scenes.js';
import { storedText } from './stored-text.js';
import { LONG } from '../../rig/scale.js';

describe.each(nodes)('on %s', (_, node) => {
  test('a re-run continues after the finished steps', async () => {
    const pipeline = `
steps:
  - { id: one, run: 'echo 1 > one; echo VALUE=exported >> "$GITHUB_ENV"' }
  - { id: two, run: 'cat one; echo "$VALUE"; ${failsAt('two')}' }
`;
    await using scene = await openScene(pipeline, { node });
    await scene.attempt({ failAt: 'two' });
    const { step, steps } = await scene.attempt();
    expect(steps).toEqual({ one: '↻ kept from attempt 1', two: '✓ it failed last time' });
    expect(step.log).toContain('\n1\nexported\n');
  });
});

test('a run whose first step failed continues with it as the same run', async () => {
  await using scene = await openScene(`steps: [{ id: one, run: "${failsAt('one')}" }, { id: two, run: 'true' }]`);
  const first = await scene.attempt({ failAt: 'one' });
  const second = await scene.attempt();
  expect(second.steps).toEqual({ one: '✓ it failed last time', two: '✓ it needs "one", which runs again' });
  expect(second.step.outputs).toMatchObject({ resumed: 'true', 'steps-resumed': '0', attempt: '2' });
  expect(second.step.outputs['run-id']).toBe(first.step.outputs['run-id']);
});

test('of a group and of parallel steps only those run again that had not finished', LONG, async () => {
  await using scene = await openScene(`
steps:
  - id: both
    parallel:
      - { id: left, run: 'echo left > left' }
      - { id: right, run: '${failsAt('right')}; echo right > right' }
  - id: group
    steps:
      - { id: first, run: 'cat left right > first' }
      - { id: second, run: 'cat first; ${failsAt('second')}' }
`);
  const first = await scene.attempt({ failAt: 'right' });
  expect(first.steps).toMatchObject({ left: '✓', right: '✗ exit code 1' });
  const second = await scene.attempt({ failAt: 'second' });
  expect(second.steps).toMatchObject({
    left: '↻ kept from attempt 1',
    right: '✓ it failed last time',
    second: '✗ exit code 1',
  });
  const third = await scene.attempt();
  expect(third.steps).toEqual({
    both: '↻ kept from attempt 2',
    left: '↻ kept from attempt 1',
    right: '↻ kept from attempt 2',
    group: '✓ a step in it runs',
    first: '↻ kept from attempt 2',
    second: '✓ it failed last time',
  });
  expect(third.step.log).toContain('\nleft\nright\n');
});

test('a step that prepares the machine runs again when something runs, and keeps what comes after it', async () => {
  await using scene = await openScene(`
steps:
  - { id: prepare, on_resume: rerun, run: 'touch "$RUNNER_TEMP/prepared"' }
  - { id: build, run: 'echo built > built' }
  - { id: test, run: 'ls "$RUNNER_TEMP/prepared"; cat built; ${failsAt('test')}' }
`);
  await scene.attempt({ failAt: 'test' });
  const { steps, end } = await scene.attempt();
  expect(steps).toEqual({
    prepare: '✓ on_resume: rerun',
    build: '↻ kept from attempt 1',
    test: '✓ it failed last time',
  });
  expect(end.status).toBe('success');
});

test('a step that made a secret runs again for the step that needs it, and is stored nowhere', async () => {
  const secret = 'made by a step';
  await using scene = await openScene(
    `
secrets: [TOKEN]
steps:
  - { id: login, run: 'echo "session=<$TOKEN>" >> "$GITHUB_OUTPUT"; echo "SESSION=<$TOKEN>" >> "$GITHUB_ENV"' }
  - { id: build, needs: [], run: 'echo built > built' }
  - { id: use, needs: [login, build], env: { OUT: "\${{ steps.login.outputs.session }}" }, run: 'test "$OUT$SESSION" = "<$TOKEN><$TOKEN>"; ${failsAt('use')}' }
`,
    { secrets: [secret] },
  );
  const env = { TOKEN: secret };
  const first = await scene.attempt({ failAt: 'use', env });
  expect(warningsOf(first).join('\n')).toContain('runs again if a later step needs to run');
  const stored = await storedText(scene.github);
  expect(stored).toContain('SESSION');
  expect(stored).not.toContain(secret);
  const { steps, step } = await scene.attempt({ env });
  expect(steps).toEqual({
    login: '✓ it made a secret value, which is not stored, and a step after it runs',
    build: '↻ kept from attempt 1',
    use: '✓ it failed last time',
  });
  expect(step.conclusion).toBe('success');
});
