import { describe, expect, test } from 'vitest';
import { failsAt, openScene, stepsIn, warningsOf } from './scenes.js';
import { LONG } from '../../rig/scale.js';

/** Steps of the job before the action: a credential, a tool, a folder that is a link, and settings of git. */
const PREPARE = `
echo "credential of $GITHUB_RUN_ATTEMPT" > gha-creds-0123456789abcdef.json
mkdir -p tool "$RUNNER_TEMP/elsewhere" && echo "tool of $GITHUB_RUN_ATTEMPT" > tool/version
echo "content of $GITHUB_RUN_ATTEMPT" > "$RUNNER_TEMP/elsewhere/file" && ln -s "$RUNNER_TEMP/elsewhere" linked
git config user.name "someone in $GITHUB_RUN_ATTEMPT"
echo "hook of $GITHUB_RUN_ATTEMPT" > .git/hooks/post-commit
`;

const SHOW =
  'cat gha-creds-*.json tool/version linked/file .git/hooks/post-commit; git config user.name; readlink linked';

describe('a restore leaves alone', () => {
  test('what the earlier steps of the new attempt made', async () => {
    await using scene = await openScene(`
steps:
  - id: clean
    run: |
      rm gha-creds-*.json
      echo made > made
      echo by-step > linked/by-step
      git config user.email someone@example.com
  - { id: two, run: '${failsAt('two')}' }
`);
    await scene.attempt({ failAt: 'two', before: PREPARE });
    const { steps, after, job, step } = await scene.attempt({ before: PREPARE, after: SHOW });
    expect(steps).toMatchObject({ clean: '↻ kept from attempt 1' });
    expect(job.read('made')).toBe('made\n');
    expect(after.log).toBe(
      'credential of 2\ntool of 2\ncontent of 2\nhook of 2\nsomeone in 2\n' + `${job.runnerTemp}/elsewhere\n`,
    );
    expect(step.outputs['warnings']).toBe('');
  });

  test(
    'what a link of the new attempt leads to, where a step had written into a folder of that name',
    LONG,
    async () => {
      await using scene = await openScene(`
steps:
  - { id: one, run: 'rm data/old; echo one > data/file; echo one > other' }
  - { id: two, run: '${failsAt('two')}' }
`);
      await scene.attempt({ failAt: 'two', before: 'mkdir data; touch data/old' });
      const { step, after, job } = await scene.attempt({
        inputs: { resume: 'require' },
        before: 'mkdir "$RUNNER_TEMP/data"; touch "$RUNNER_TEMP/data/old"; ln -s "$RUNNER_TEMP/data" data',
        after: 'ls "$RUNNER_TEMP/data"',
      });
      expect(step.annotations).toMatchObject([
        {
          kind: 'error',
          message: expect.stringContaining('"data" is a link here and a folder in the checkpoint') as unknown,
        },
      ]);
      expect(after.log).toBe('old\n');
      expect(Object.keys(job.tree())).toEqual(['data', 'savepoint.yml']);
    },
  );

  test('the repository: its hooks, its settings and its index', async () => {
    await using scene = await openScene(`
steps:
  - { id: one, run: 'echo one > one; git status --short > status' }
  - { id: two, run: '${failsAt('two')}' }
`);
    const look = 'git status --short; cat .git/config; ls .git .git/hooks; git rev-parse HEAD; cat status';
    await scene.attempt({ failAt: 'two' });
    const { steps, after } = await scene.attempt({ before: look, after: look });
    expect(steps).toMatchObject({ one: '↻ kept from attempt 1' });
    expect(after.log).toContain('http "https://github.com/"');
    expect(after.log).toMatch(/^\?\? one\n/);
  });
});

test('files that are missing in the new attempt are counted in one warning', LONG, async () => {
  await using scene = await openScene(`steps: [{ id: one, run: 'true' }, { id: two, run: '${failsAt('two')}' }]`);
  await scene.attempt({ failAt: 'two', before: 'mkdir vendor; touch vendor/a vendor/b vendor/c alone' });
  const second = await scene.attempt();
  expect(warningsOf(second)).toEqual([expect.stringMatching(/^5 files or folders .* such as alone, vendor$/)]);
  expect(second.steps).toMatchObject({ one: '↻ kept from attempt 1' });
});

test('what a failed step left or removed is not restored', async () => {
  await using scene = await openScene(`
steps:
  - { id: one, run: 'echo one > changed; echo one > removed' }
  - { id: two, run: 'ls; cat changed removed; echo two > changed; rm removed; mkdir left; touch left/over; ${failsAt('two')}' }
`);
  await scene.attempt({ failAt: 'two' });
  const { step } = await scene.attempt();
  expect(step.groups).toMatchObject([{ lines: ['changed', 'removed', 'savepoint.yml', 'one', 'one'] }]);
});

test('a run that lies in a workspace that was kept is put away, and only the store counts', LONG, async () => {
  await using scene = await openScene(`steps: [{ id: one, run: 'touch one' }, { id: two, run: '${failsAt('two')}' }]`);
  const kept = { wipe: false, clean: false };
  const { step } = await scene.attempt({ failAt: 'two', job: kept });
  await scene.github.evict('');
  scene.github.rerunAll();
  const second = await scene.attempt({ job: kept });
  expect(second.steps).toEqual({ one: '✓', two: '✓' });
  expect(second.step.outputs).toMatchObject({ resumed: 'false', attempt: '1', warnings: '' });
  expect(second.job.has(`.work/history/${step.outputs['run-id'] ?? ''}/journal.jsonl`)).toBe(true);
});

test('a workspace that was kept is brought to where the last finished step had left it', async () => {
  await using scene = await openScene(`
steps:
  - { id: one, run: 'echo one > one; rm old' }
  - { id: two, run: 'ls; cat one; echo left > one; touch old; ${failsAt('two')}' }
`);
  const kept = { wipe: false, clean: false };
  await scene.attempt({ failAt: 'two', job: kept, before: 'touch old' });
  const { steps, step } = await scene.attempt({ job: kept });
  expect(steps).toEqual({ one: '↻ kept from attempt 1', two: '✓ it failed last time' });
  expect(step.groups).toMatchObject([{ lines: ['one', 'savepoint.yml', 'one'] }]);
});

test('a second Savepoint in the same workspace is an error, and the first continues', async () => {
  await using scene = await openScene(`steps: [{ id: one, run: 'puppet one' }, { id: two, run: '${failsAt('two')}' }]`);
  const job = scene.nextJob();
  const first = job.runStep({}, { env: { FAIL_AT: 'two' } });
  const one = await scene.puppet('one').nextInvocation();
  const second = await job.runStep({ id: 'second' }).ended;
  expect(second.conclusion).toBe('failure');
  expect(second.annotations).toMatchObject([{ kind: 'error', message: expect.stringContaining('another') as unknown }]);
  one.exit(0);
  expect(stepsIn(await first.ended)).toEqual({ one: '✓', two: '✗ exit code 1' });
  await job.finish();
  const again = await scene.attempt();
  expect(again.steps).toEqual({ one: '↻ kept from attempt 1', two: '✓ it failed last time' });
});
