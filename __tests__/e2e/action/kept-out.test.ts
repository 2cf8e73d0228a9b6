import { describe, expect, test } from 'vitest';
import { failsAt, openScene, untilSaved } from './scenes.js';
import { LONG } from '../../rig/scale.js';

const LIST = 'find . -not -path "./.git*" -not -path "./.work*" -type f | sort';

describe('checkpoint.exclude and checkpoint.include', () => {
  test('keep files out of checkpoints, and their steps are kept all the same', async () => {
    await using scene = await openScene(`
checkpoint: { exclude: [tmp/**, '**/*.log'] }
steps:
  - { id: one, run: 'mkdir -p tmp/deep sub; touch tmp/a tmp/deep/b sub/c.log d.log sub/kept' }
  - { id: two, run: '${LIST}; ${failsAt('two')}' }
`);
    await scene.attempt({ failAt: 'two' });
    const { steps, step } = await scene.attempt();
    expect(steps).toEqual({ one: '↻ kept from attempt 1', two: '✓ it failed last time' });
    expect(step.groups).toMatchObject([{ lines: ['./savepoint.yml', './sub/kept'] }]);
  });

  test('name all that checkpoints hold, and deletions elsewhere are not repeated', LONG, async () => {
    await using scene = await openScene(
      `
checkpoint: { include: [out, 'packages/*/dist'] }
steps:
  - { id: one, run: 'mkdir -p out packages/p/dist packages/p/src; touch out/a packages/p/dist/b packages/p/src/c d; rm e' }
  - { id: two, run: '${LIST}; ${failsAt('two')}' }
`,
      { files: { e: 'from the repository' } },
    );
    await scene.attempt({ failAt: 'two' });
    const { step } = await scene.attempt();
    expect(step.groups).toMatchObject([{ lines: ['./e', './out/a', './packages/p/dist/b', './savepoint.yml'] }]);
  });
});

test('past checkpoint.max_size the last whole checkpoint stays, and a warning says so', async () => {
  await using scene = await openScene(`
checkpoint: { min_interval: 0s, max_size: 100KiB }
steps:
  - { id: one, run: 'echo one > one' }
  - { id: two, run: 'puppet two; head -c 200K /dev/urandom > large' }
  - { id: three, run: 'cat one; ${failsAt('three')}' }
`);
  const job = scene.nextJob();
  const running = job.runStep({}, { env: { FAIL_AT: 'three' } });
  const two = await scene.puppet('two').nextInvocation();
  await untilSaved(scene.github, 1);
  two.exit(0);
  const first = await running.ended;
  const said = first.annotations.filter(({ kind }) => kind === 'warning').map(({ message }) => message);
  expect(said).toEqual([expect.stringMatching(/checkpoint takes 20\d.* more than checkpoint.max_size \(100/)]);
  await job.finish();
  const again = scene.attempt();
  (await scene.puppet('two').nextInvocation()).exit(0);
  expect((await again).steps).toEqual({
    one: '↻ kept from attempt 1',
    two: expect.stringMatching(/^✓ /) as unknown,
    three: '✓ it needs "two", which runs again',
  });
});

test('a step that changed the repository runs again, for that reason', async () => {
  await using scene = await openScene(`
steps:
  - { id: one, run: 'echo one > one' }
  - { id: commit, run: 'git add one && git -c user.name=a -c user.email=a@b commit -qm one' }
  - { id: two, run: 'git log --format=%s -1; ${failsAt('two')}' }
`);
  await scene.attempt({ failAt: 'two' });
  const { steps, step } = await scene.attempt();
  expect(steps).toEqual({
    one: '↻ kept from attempt 1',
    commit: '✓ it changed the git repository, which is not in a checkpoint',
    two: '✓ it needs "commit", which runs again',
  });
  expect(step.conclusion).toBe('success');
  expect(step.groups[1]?.lines).toEqual(['one']);
});
