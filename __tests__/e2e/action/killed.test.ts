import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { until } from '../../machine/until.js';
import { isAlive } from '../../rig/is-alive.js';
import { createRandom } from '../../rig/random.js';
import type { JobRig } from '../../rig/runner/workflow-run.js';
import {
  held,
  leaf,
  messagesOf,
  openTrail,
  startAndPass,
  type Trail,
  untilHanging,
  UPLOADS_AT_ONCE,
} from './endings.js';
import { untilSaved } from './scenes.js';
import { LONG, SAMPLED, atScale, firstSeed } from '../../rig/scale.js';

describe('a main process that is killed', () => {
  test('leaves a step to post, which ends it with all that it started, saves what had finished, and says so', async () => {
    await using scene = await openTrail([leaf('one'), leaf('two', 'setsid puppet far & puppet two')]);
    const { job, step } = await startAndPass(scene);
    const [far, two] = [await scene.puppet('far').nextInvocation(), await scene.puppet('two').nextInvocation()];
    await far.ignoreSignal('SIGTERM');
    const killed = await step.killHard();
    expect(killed.exitCode).toBe(137);
    expect(killed.heldOpen).toBe(false);
    expect([far, two].map(({ pid }) => isAlive(pid))).toEqual([true, true]);
    const end = await job.finish();
    await Promise.all([far.gone, two.gone]);
    expect(end.swept).toEqual([]);
    expect(end.post.log).toContain('while it ran "two"');
    expect(end.post.log).toContain('saved for a re-run: the workspace after "one"');
    expect(end.post.summary).toContain('savepoint was aborted');
    expect(end.post.summary).toContain('keeps 1 finished step');
    const second = await startAndPass(scene, ['far', 'two']);
    expect((await second.step.ended).outputs).toMatchObject({ outcome: 'succeeded', 'steps-resumed': '1' });
    expect(scene.trail()).toEqual(['one@1', 'two@1', 'two@2']);
  });

  test('does not take a half-written archive along', LONG, async () => {
    await using scene = await openTrail([leaf('one'), leaf('two'), leaf('three')], { holdTarAt: 'archives/2.tar' });
    const { job, step } = await startAndPass(scene);
    const tar = await scene.puppet('tar').nextInvocation();
    await step.killHard();
    tar.exit(0);
    const end = await job.finish();
    expect(end.post.log).toContain('saved for a re-run: the workspace after "one"');
    const second = scene.nextJob();
    const resuming = second.runStep();
    (await scene.puppet('tar').nextInvocation()).exit(0);
    expect((await resuming.ended).outputs).toMatchObject({ outcome: 'succeeded', 'steps-resumed': '1' });
    expect(scene.trail()).toEqual(['one@1', 'two@1', 'two@2', 'three@2']);
  });

  test('loses nothing in the middle of an upload', LONG, async () => {
    await using scene = await openTrail([leaf('one'), held('two')], { head: UPLOADS_AT_ONCE });
    scene.github.fault({ on: 'save', kind: 'hang' });
    const { job, step } = await startAndPass(scene);
    await untilHanging(scene.github, 'CreateCacheEntry');
    await scene.puppet('two').nextInvocation();
    await step.killHard();
    scene.github.heal();
    const end = await job.finish();
    expect(end.swept).toEqual([]);
    expect(end.post.log).toContain('saved for a re-run: the workspace after "one"');
    await scene.goOn(['two']);
    expect(scene.trail()).toEqual(['one@1', 'two@1', 'two@2']);
  });

  test('may have died of its memory', LONG, async () => {
    await using scene = await openTrail([leaf('one'), held('two')]);
    const { job, step } = await startAndPass(scene);
    const two = await scene.puppet('two').nextInvocation();
    // V8 sends this signal to its own process when memory runs out.
    process.kill(step.pid, 'SIGABRT');
    expect((await step.ended).exitCode).toBe(134);
    const end = await job.finish();
    await two.gone;
    expect(end.post.log).toContain('while it ran "two"');
    await scene.goOn(['two']);
    expect(scene.trail()).toEqual(['one@1', 'two@1', 'two@2']);
  });
});

/** The number of kills; the pipeline has a gate for each of at most 6. */
const KILLS = atScale(3, 6);
const SEED = 20_26_11_21 + firstSeed;
const IDS = Array.from({ length: 18 }, (_, index) => `s${String(index)}`);
/** Every third step waits for the test, so that no attempt ends before it is killed. */
const GATED = IDS.map((id, index) => leaf(id, index % 3 === 2 ? 'puppet "gate-$GITHUB_RUN_ATTEMPT"' : 'true'));

/** Waits for a moment of an attempt: a download or an upload is in progress, or some more steps have begun. */
const waitForInstant = async ({ github, trail, puppet }: Trail, attempt: number, draw: number): Promise<void> => {
  const [begun, asked] = [trail().length, github.requests.length];
  const isUnderWay = (wanted: string): boolean =>
    github.requests.slice(asked).some(({ call, method }) => call === 'blob' && method === wanted);
  if (draw === 0 && attempt > 1) return until(() => isUnderWay('GET'));
  (await puppet(`gate-${String(attempt)}`).nextInvocation()).exit(0);
  return until(() => (draw === 1 ? isUnderWay('PUT') : trail().length >= begun + draw));
};

test(
  `a job that is killed ${String(KILLS)} times at any instant finishes, and repeats nothing that was saved`,
  SAMPLED,
  async () => {
    await using scene = await openTrail(GATED, { head: UPLOADS_AT_ONCE });
    const { below } = createRandom(SEED);
    const ranIn = (attempt: number): readonly string[] =>
      scene.trail().flatMap((line) => (line.endsWith(`@${String(attempt)}`) ? [line.split('@')[0] ?? ''] : []));
    let saved = 0;
    for (let attempt = 1; attempt <= KILLS; attempt++) {
      const { job, step } = await startAndPass(scene);
      await waitForInstant(scene, attempt, below(5));
      expect((await step.killHard()).exitCode).toBe(137);
      const { post, swept } = await job.finish();
      expect(swept).toEqual([]);
      const ran = ranIn(attempt);
      const start = ran.length === 0 ? saved : IDS.indexOf(ran[0] ?? '');
      expect(ran, post.log).toEqual(IDS.slice(start, start + ran.length));
      expect(start, post.log).toBeGreaterThanOrEqual(saved);
      // All steps but the latest had finished.
      saved = start + Math.max(0, ran.length - 1);
    }
    const gates = IDS.filter((_id, index) => index % 3 === 2 && index >= saved);
    const { step } = await scene.goOn(gates.map(() => `gate-${String(KILLS + 1)}`));
    expect(step.outputs['outcome'], step.log).toBe('succeeded');
    const kept = Number(step.outputs['steps-resumed']);
    expect(kept).toBeGreaterThanOrEqual(saved);
    expect(ranIn(KILLS + 1)).toEqual(IDS.slice(kept));
  },
);

describe('a worker process that is killed', () => {
  test('is replaced for the next upload', async () => {
    await using scene = await openTrail([leaf('one'), held('two'), held('three')], { head: UPLOADS_AT_ONCE });
    const { job, step } = await startAndPass(scene);
    const two = await scene.puppet('two').nextInvocation();
    // Main must have received the store's answer.
    await until(() => chainOf(job).includes('"type":"saved"'));
    process.kill(storeOf(job), 'SIGKILL');
    two.exit(0);
    await untilSaved(scene.github, 2);
    (await scene.puppet('three').nextInvocation()).exit(0);
    const result = await step.ended;
    expect(result.outputs).toMatchObject({ outcome: 'succeeded', checkpoint: 'saved' });
    expect(messagesOf('warning', result)).toEqual([]);
  });

  test('in the middle of an upload is one warning, and the run is saved in the end', LONG, async () => {
    await using scene = await openTrail([leaf('one'), held('two')], { head: UPLOADS_AT_ONCE });
    scene.github.fault({ on: 'save', kind: 'hang' });
    const { job, step } = await startAndPass(scene);
    await untilHanging(scene.github, 'CreateCacheEntry');
    process.kill(storeOf(job), 'SIGKILL');
    scene.github.heal();
    await step.untilShown('the worker process');
    (await scene.puppet('two').nextInvocation()).exit(1);
    const failed = await step.ended;
    expect(messagesOf('warning', failed)).toEqual([
      expect.stringMatching(/^the worker process was ended by SIGKILL; /),
    ]);
    expect(failed.outputs).toMatchObject({ outcome: 'failed', checkpoint: 'saved' });
    await job.finish();
    await scene.goOn(['two']);
    expect(scene.trail()).toEqual(['one@1', 'two@1', 'two@2']);
  });
});

/** The checkpoint log that main has written for post so far. */
const chainOf = ({ runnerTemp }: JobRig): string => {
  const folder = readdirSync(runnerTemp).find((name) => name.startsWith('savepoint-')) ?? '';
  return readFileSync(join(runnerTemp, folder, 'chain.jsonl'), 'utf8');
};

/** The latest worker process. */
const storeOf = (job: JobRig): number => {
  const pids = [...chainOf(job).matchAll(/"type":"store_started".*?"pid":(\d+)/g)].map(([, pid]) => Number(pid));
  return pids.at(-1) ?? Number.NaN;
};
