import { expect, test } from 'vitest';
import { held, leaf, openTrail, startAndPass, type Trail, UPLOADS_AT_ONCE } from './endings.js';
import { untilSaved } from './scenes.js';
import { LONG } from '../../rig/scale.js';

/** A script that adds its name to the trail, with the results it sees of earlier steps. */
const mark = (name: string, more = 'true'): string =>
  `{ id: mark, shell: sh, run: 'echo "${name}@$GITHUB_RUN_ATTEMPT" >> "$TRAIL"; ${more}' }`;

/** Fallbacks of the pipeline for every way in which it can end badly. */
const HEAD = `
${UPLOADS_AT_ONCE}
on_failure: [${mark('all-failed')}]
on_abortion: [${mark('all-aborted', 'cat one.txt > seen.txt')}]
finally: [${mark('all-done')}]
`;

/** A step with fallbacks that ends when the test says so. */
const guarded = (id: string, onAbortion = mark(`${id}-aborted`)): string => {
  const fallbacks = [
    `on_failure: [${mark(`${id}-failed`)}]`,
    `on_abortion: [${onAbortion}]`,
    `finally: [${mark(`${id}-done`)}]`,
  ];
  return held(id).replace(/ \}$/, `, ${fallbacks.join(', ')} }`);
};

const cleaned = (attempt: number): readonly string[] =>
  ['two-aborted', 'two-done', 'all-aborted', 'all-done'].map((name) => `${name}@${String(attempt)}`);

const openGuarded = (head = HEAD, two = guarded('two')): Promise<Trail> =>
  openTrail([leaf('one'), two, leaf('three')], { head });

const resumedTrail = (...first: readonly string[]): readonly string[] => [
  'one@1',
  'two@1',
  ...first,
  'two@2',
  'two-done@2',
  'three@2',
  'all-done@2',
];

test('a cancelled job cleans up once, in post, after the checkpoint', async () => {
  await using scene = await openGuarded();
  const { job, step } = await startAndPass(scene);
  await scene.puppet('two').nextInvocation();
  const main = await step.cancel();
  expect(main.outputs['outcome']).toBe('aborted');
  expect(scene.trail()).toEqual(['one@1', 'two@1']);
  const { post, swept } = await job.finish();
  expect([post.exitCode, swept]).toEqual([0, []]);
  expect(scene.trail().slice(2)).toEqual(cleaned(1));
  expect(post.summary).toMatch(/^\n### Cleaned up after the run was stopped\n\n- ✓ `on_abortion` of two /);
  const { step: second } = await scene.goOn(['two']);
  expect(second.outputs).toMatchObject({ outcome: 'succeeded', 'steps-resumed': '1' });
  expect(scene.trail()).toEqual(resumedTrail(...cleaned(1)));
});

test('a job whose main process is killed cleans up once, in post', LONG, async () => {
  await using scene = await openGuarded();
  const { job, step } = await startAndPass(scene);
  const two = await scene.puppet('two').nextInvocation();
  await step.killHard();
  const { post } = await job.finish();
  await two.gone;
  expect(scene.trail().slice(2)).toEqual(cleaned(1));
  expect(post.summary).toContain('savepoint was aborted');
  await scene.goOn(['two']);
  expect(scene.trail()).toEqual(resumedTrail(...cleaned(1)));
});

test('a job whose machine is lost cleans up once, in the re-run, after the restore and before any step', async () => {
  await using scene = await openGuarded();
  const { step } = await startAndPass(scene);
  await scene.puppet('two').nextInvocation();
  await untilSaved(scene.github, 1);
  await step.machineLost();
  const second = scene.nextJob();
  const running = second.runStep();
  const two = await scene.puppet('two').nextInvocation();
  expect(scene.trail()).toEqual(['one@1', 'two@1', ...cleaned(2), 'two@2']);
  expect(second.read('seen.txt')).toBe('one\n');
  two.exit(1);
  await running.ended;
  await second.finish();
  const { job: third } = await scene.goOn(['two']);
  expect(scene.trail().slice(7)).toEqual([
    'two-failed@2',
    'two-done@2',
    'all-failed@2',
    'all-done@2',
    'two@3',
    'two-done@3',
    'three@3',
    'all-done@3',
  ]);
  // No checkpoint includes the files that the cleanup left.
  expect(third.has('seen.txt')).toBe(false);
});

test('a post that is lost between the claim and the cleanup leaves nothing to clean up', LONG, async () => {
  await using scene = await openGuarded(HEAD, guarded('two', mark('two-aborted', 'puppet cleaning')));
  const { job, step } = await startAndPass(scene);
  await scene.puppet('two').nextInvocation();
  await step.cancel();
  const finishing = job.finish().catch(() => undefined);
  await scene.puppet('cleaning').nextInvocation();
  await job.machineLost();
  await finishing;
  expect(scene.trail().slice(2)).toEqual(['two-aborted@1']);
  await scene.goOn(['two']);
  expect(scene.trail()).toEqual(resumedTrail('two-aborted@1'));
});

test('a re-run that is lost in the middle of its cleanup leaves nothing to clean up', LONG, async () => {
  await using scene = await openGuarded(HEAD, guarded('two', mark('two-aborted', 'puppet cleaning')));
  const { step } = await startAndPass(scene);
  await scene.puppet('two').nextInvocation();
  await untilSaved(scene.github, 1);
  await step.machineLost();
  const second = await startAndPass(scene);
  await scene.puppet('cleaning').nextInvocation();
  await second.step.machineLost();
  await scene.goOn(['two']);
  const later = ['two@3', 'two-done@3', 'three@3', 'all-done@3'];
  expect(scene.trail()).toEqual(['one@1', 'two@1', 'two-aborted@2', ...later]);
});

test('a re-run that cannot save the claim does not clean up, says so and continues', LONG, async () => {
  await using scene = await openGuarded();
  const { step } = await startAndPass(scene);
  await scene.puppet('two').nextInvocation();
  await untilSaved(scene.github, 1);
  await step.machineLost();
  scene.github.fault({ on: 'save', kind: 'read-only' });
  const { step: second } = await scene.goOn(['two']);
  expect(second.outputs['outcome']).toBe('succeeded');
  expect(second.log).toContain('nothing cleans up after the interrupted run');
  expect(scene.trail()).toEqual(resumedTrail());
});

test('a job that could never save anything cleans up in post all the same', LONG, async () => {
  await using scene = await openGuarded();
  scene.github.fault({ on: 'both', kind: 'connection-loss' });
  const { job, step } = await startAndPass(scene);
  await scene.puppet('two').nextInvocation();
  await step.cancel();
  await job.finish();
  expect(scene.trail().slice(2)).toEqual(cleaned(1));
});

test('a job that cannot save the claim any more leaves the cleanup to the re-run', LONG, async () => {
  await using scene = await openGuarded();
  const { job, step } = await startAndPass(scene);
  await scene.puppet('two').nextInvocation();
  await untilSaved(scene.github, 1);
  await step.cancel();
  scene.github.fault({ on: 'both', kind: 'connection-loss' });
  const { post } = await job.finish();
  expect(post.log).toContain('a re-run of this job cleans up instead');
  expect(scene.trail()).toEqual(['one@1', 'two@1']);
  scene.github.heal();
  await scene.goOn(['two']);
  expect(scene.trail()).toEqual(resumedTrail(...cleaned(2)));
});

test('what a fallback of a failed step leaves is not in the workspace of the next attempt', LONG, async () => {
  const steps = [
    leaf('one'),
    guarded('two').replace('echo "two-failed', 'touch left.txt; rm one.txt; echo "two-failed'),
    leaf('three').replace('id: three', "id: three, needs: [one], if: 'always()'"),
  ];
  await using scene = await openTrail(steps, { head: 'failure: keep_going\nmax_parallel: 1' });
  const { job, step } = await startAndPass(scene);
  (await scene.puppet('two').nextInvocation()).exit(1);
  await step.ended;
  expect([job.has('left.txt'), job.has('one.txt')]).toEqual([true, false]);
  await job.finish();
  const second = await scene.goOn(['two']);
  expect([second.job.has('left.txt'), second.job.has('one.txt')]).toEqual([false, true]);
  expect(second.step.outputs['outcome']).toBe('succeeded');
});

test('a job that is cancelled in the middle of a fan-out continues with the items that were left', LONG, async () => {
  const each = `{ id: each, for_each: [a, b, c], max_parallel: 1, shell: sh, run: 'echo "each-$ITEM@$GITHUB_RUN_ATTEMPT" >> "$TRAIL"; touch $ITEM.txt; puppet each-$ITEM', env: { ITEM: "\${{ item }}" } }`;
  await using scene = await openTrail([leaf('one'), each, leaf('last')], { head: UPLOADS_AT_ONCE });
  const { job, step } = await startAndPass(scene, ['each-a']);
  await scene.puppet('each-b').nextInvocation();
  await step.cancel();
  await job.finish();
  const { step: second } = await scene.goOn(['each-b', 'each-c']);
  expect(second.outputs).toMatchObject({ outcome: 'succeeded', 'steps-resumed': '2' });
  expect(scene.trail()).toEqual(['one@1', 'each-a@1', 'each-b@1', 'each-b@2', 'each-c@2', 'last@2']);
});
