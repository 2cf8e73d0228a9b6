import { describe, expect, test } from 'vitest';
import { newTempFolder } from '../../machine/temp-folder.js';
import { isAlive } from '../../rig/is-alive.js';
import type { RunningStep, StepResult } from '../../rig/runner/running-step.js';
import { held, leaf, messagesOf, openTrail, startAndPass, untilHanging, UPLOADS_AT_ONCE } from './endings.js';
import { LONG } from '../../rig/scale.js';

/** Ended in time, at the first signal, and no process keeps the log open. */
const expectCancelled = async (step: RunningStep): Promise<StepResult> => {
  const result = await step.cancel();
  expect(result.signals, result.log).toEqual(['SIGINT']);
  expect(result.heldOpen).toBe(false);
  expect(result.exitCode).toBe(1);
  return result;
};

// Concurrent, because the tests spend most of their time waiting.
describe.concurrent('a job that is cancelled in the middle of a step', () => {
  test('saves at its end what had finished, and a re-run continues at that step', async () => {
    await using scene = await openTrail([leaf('one'), leaf('two'), held('three'), leaf('four')]);
    const { job, step } = await startAndPass(scene);
    const three = await scene.puppet('three').nextInvocation();
    const cancelled = await expectCancelled(step);
    await three.gone;
    expect(cancelled.outputs).toMatchObject({ outcome: 'aborted', checkpoint: 'pending' });
    expect(messagesOf('error', cancelled)).toEqual([expect.stringContaining('was aborted by SIGINT')]);
    const end = await job.finish();
    expect(end.swept).toEqual([]);
    expect(end.post.log).toContain('saved for a re-run: the workspace after "two"');
    const { step: resumed } = await scene.goOn(['three']);
    expect(resumed.outputs).toMatchObject({ outcome: 'succeeded', 'steps-resumed': '2' });
    expect(scene.trail()).toEqual(['one@1', 'two@1', 'three@1', 'three@2', 'four@2']);
  });

  test('ends a step that takes no notice of signals', LONG, async () => {
    await using scene = await openTrail([leaf('one'), held('two')]);
    const { job, step } = await startAndPass(scene);
    const two = await scene.puppet('two').nextInvocation();
    await two.ignoreSignal('SIGINT');
    await two.ignoreSignal('SIGTERM');
    await expectCancelled(step);
    await two.gone;
    expect((await job.finish()).swept).toEqual([]);
    await scene.goOn(['two']);
    expect(scene.trail()).toEqual(['one@1', 'two@1', 'two@2']);
  });

  test('ends what a step started and let go', LONG, async () => {
    await using scene = await openTrail([leaf('one'), leaf('two', 'setsid puppet far & puppet near')]);
    const { job, step } = await startAndPass(scene);
    const [far, near] = [await scene.puppet('far').nextInvocation(), await scene.puppet('near').nextInvocation()];
    await far.ignoreSignal('SIGTERM');
    await expectCancelled(step);
    await Promise.all([far.gone, near.gone]);
    expect((await job.finish()).swept).toEqual([]);
  });

  test('keeps the one of two parallel steps that had finished', LONG, async () => {
    const both = `{ id: both, parallel: [${held('left')}, ${held('right')}] }`;
    await using scene = await openTrail([leaf('one'), both, leaf('last')]);
    const { job, step } = await startAndPass(scene);
    const right = await scene.puppet('right').nextInvocation();
    (await scene.puppet('left').nextInvocation()).exit(0);
    await step.untilShown('✓ left');
    await expectCancelled(step);
    await right.gone;
    await job.finish();
    const { step: resumed } = await scene.goOn(['right']);
    expect(resumed.outputs).toMatchObject({ outcome: 'succeeded', 'steps-resumed': '2' });
    expect(scene.trail().filter((line) => line.endsWith('@2'))).toEqual(['right@2', 'last@2']);
  });

  test('continues to later steps when it was only the time limit of our step', async () => {
    await using scene = await openTrail([leaf('one'), held('two')]);
    const { job, step } = await startAndPass(scene);
    await scene.puppet('two').nextInvocation();
    await expectCancelled(step);
    expect((await job.shell('cat one.txt')).log).toBe('one\n');
    await job.finish({ status: 'failure' });
    await scene.goOn(['two']);
    expect(scene.trail()).toEqual(['one@1', 'two@1', 'two@2']);
  });
});

test.concurrent(
  'a job that is cancelled before its first step has nothing to save, and a re-run starts fresh and says so',
  LONG,
  async () => {
    await using scene = await openTrail([leaf('one')], { holdTarAt: 'listings/origin' });
    const { job, step } = await startAndPass(scene);
    const tar = await scene.puppet('tar').nextInvocation();
    await expectCancelled(step);
    tar.exit(0);
    const end = await job.finish();
    expect(await scene.github.entries()).toEqual([]);
    expect(messagesOf('warning', end.post)).toEqual([]);
    const { step: second } = await scene.goOn(['tar']);
    expect(second.log).toContain('no checkpoint of an earlier attempt was found; this attempt starts fresh');
    expect(second.outputs).toMatchObject({ outcome: 'succeeded', resumed: 'false' });
  },
);

test.concurrent(
  'a job that is cancelled during a restore leaves the workspace alone, and the checkpoint to the next re-run',
  LONG,
  async () => {
    await using scene = await openTrail([leaf('one'), held('two')], { files: { kept: 'kept' } });
    const { job, step } = await startAndPass(scene);
    (await scene.puppet('two').nextInvocation()).exit(1);
    await step.ended;
    await job.finish();
    scene.github.fault({ on: 'restore', kind: 'blob-hang' });
    const second = await startAndPass(scene);
    const before = second.job.tree();
    await untilHanging(scene.github, 'blob', 'GET');
    await expectCancelled(second.step);
    expect(second.job.tree()).toEqual(before);
    scene.github.heal();
    const end = await second.job.finish();
    expect(end.swept).toEqual([]);
    const { step: third } = await scene.goOn(['two']);
    expect(third.outputs).toMatchObject({ outcome: 'succeeded', 'steps-resumed': '1' });
    expect(scene.trail()).toEqual(['one@1', 'two@1', 'two@3']);
  },
);

/** For `--require`: ends the first process that loads it before it does anything, like an early cancel. */
const DIE_ONCE = `
  const fs = require('node:fs');
  const mark = __filename + '.once';
  if (!fs.existsSync(mark)) {
    fs.writeFileSync(mark, '');
    process.kill(process.pid, 'SIGKILL');
  }
`;

test.concurrent('a main process that is ended before its first act is not made up for in post', async () => {
  using temp = newTempFolder();
  await using scene = await openTrail([leaf('one')]);
  const job = scene.nextJob();
  const env = { NODE_OPTIONS: `--require=${temp.write('die-once.cjs', DIE_ONCE)}` };
  expect((await job.runStep({}, { env }).ended).exitCode).toBe(137);
  const { post } = await job.finish();
  expect([post.exitCode, post.log, scene.trail()]).toEqual([0, '', []]);
});

test.concurrent('a job that is cancelled during an upload saves again at its end', LONG, async () => {
  await using scene = await openTrail([leaf('one'), held('two'), held('three')], { head: UPLOADS_AT_ONCE });
  scene.github.fault({ on: 'save', kind: 'blob-hang' });
  const { job, step } = await startAndPass(scene);
  await scene.github.untilRequest(({ call, method }) => call === 'blob' && method === 'PUT');
  (await scene.puppet('two').nextInvocation()).exit(0);
  await scene.puppet('three').nextInvocation();
  await expectCancelled(step);
  scene.github.heal();
  const end = await job.finish();
  expect(end.post.log).toContain('saved for a re-run: the workspace after "two"');
  expect(end.swept).toEqual([]);
  await scene.goOn(['three']);
  expect(scene.trail()).toEqual(['one@1', 'two@1', 'three@1', 'three@2']);
});

test('a step sees nothing that only the action may use', async () => {
  await using scene = await openTrail([held('one')], { head: UPLOADS_AT_ONCE });
  const { job, step } = await startAndPass(scene);
  const one = await scene.puppet('one').nextInvocation();
  const secret = /^(?:ACTIONS_(?:RUNTIME|RESULTS|CACHE|ID)_|INPUT_|STATE_|GITHUB_STATE$)/;
  expect(Object.keys(one.env).filter((name) => secret.test(name))).toEqual([]);
  expect(one.env).toMatchObject({
    RUNNER_TRACKING_ID: expect.stringContaining('github_') as unknown,
    GITHUB_OUTPUT: expect.not.stringContaining('_runner_file_commands') as unknown,
  });
  one.exit(0);
  expect((await step.ended).exitCode).toBe(0);
  await job.finish();
  expect(isAlive(one.pid)).toBe(false);
});
