import { describe, expect, test } from 'vitest';
import type { JobRig } from '../../rig/runner/workflow-run.js';
import { failsAt, openScene, stepsIn, type Scene } from './scenes.js';
import { LONG } from '../../rig/scale.js';

const PIPELINE = `
steps:
  - { id: one, run: 'echo "$LEG" > leg' }
  - { id: two, run: 'cat leg; puppet $LEG-two; ${failsAt('two')}' }
  - { id: three, run: 'cat leg; puppet $LEG-three; ${failsAt('three')}' }
`;

/** Lets a puppet continue. */
const pass = async ({ puppet }: Scene, name: string): Promise<void> => {
  (await puppet(name).nextInvocation()).exit(0);
};

describe('legs of a matrix', () => {
  test('resume each from its own checkpoint, also when they run at once', async () => {
    await using scene = await openScene(PIPELINE);
    const [left, right] = [
      { matrix: { leg: 'left' }, jobIndex: 0, jobTotal: 2, runner: 'left' },
      { matrix: { leg: 'right' }, jobIndex: 1, jobTotal: 2, runner: 'right' },
    ];
    const run = (job: JobRig, leg: string, failAt: string): ReturnType<JobRig['runStep']> =>
      job.runStep({}, { env: { LEG: leg, FAIL_AT: failAt } });
    const first = [scene.nextJob(left), scene.sameAttempt(right)] as const;
    const failing = [run(first[0], 'left', 'two'), run(first[1], 'right', 'three')] as const;
    await Promise.all([pass(scene, 'left-two'), pass(scene, 'right-two').then(() => pass(scene, 'right-three'))]);
    await Promise.all(failing.map(({ ended }) => ended));
    await Promise.all(first.map((job) => job.finish()));
    const second = [scene.nextJob(left), scene.sameAttempt(right)] as const;
    const passing = [run(second[0], 'left', ''), run(second[1], 'right', '')] as const;
    await Promise.all([pass(scene, 'left-two').then(() => pass(scene, 'left-three')), pass(scene, 'right-three')]);
    const [one, two] = [await passing[0].ended, await passing[1].ended];
    expect(stepsIn(one)).toEqual({
      one: '↻ kept from attempt 1',
      two: '✓ it failed last time',
      three: '✓ it needs "two", which runs again',
    });
    expect(stepsIn(two)).toEqual({
      one: '↻ kept from attempt 1',
      two: '↻ kept from attempt 1',
      three: '✓ it failed last time',
    });
    expect([second[0].read('leg'), second[1].read('leg')]).toEqual(['left\n', 'right\n']);
  });

  test('that have no checkpoint start fresh', LONG, async () => {
    await using scene = await openScene(
      `steps: [{ id: one, run: 'touch one' }, { id: two, run: '${failsAt('two')}' }]`,
    );
    await scene.attempt({ failAt: 'two', job: { matrix: { node: 20 } } });
    const { steps, step } = await scene.attempt({ job: { matrix: { node: 24 }, jobIndex: 1 }, before: '! ls one' });
    expect(steps).toEqual({ one: '✓', two: '✓' });
    expect(step.outputs['resumed']).toBe('false');
  });
});

test('two steps of a job that use the action resume each from its own checkpoint', LONG, async () => {
  await using scene = await openScene(`steps: [{ id: build, run: 'echo built >> built' }]`, {
    files: {
      'test.yml': `steps: [{ id: prepare, run: 'cp built prepared' }, { id: test, run: '${failsAt('test')}' }]`,
    },
  });
  const run = async (failAt: string): Promise<readonly unknown[]> => {
    const job = scene.nextJob();
    const build = await job.runStep().ended;
    const tested = await job.runStep({ pipeline: 'test.yml' }, { env: { FAIL_AT: failAt } }).ended;
    const { status } = await job.finish();
    return [build.outputs['steps-resumed'], stepsIn(tested), status, job.read('built'), job.read('prepared')];
  };
  const made = ['built\n', 'built\n'];
  expect(await run('test')).toEqual(['0', { prepare: '✓', test: '✗ exit code 1' }, 'failure', ...made]);
  const left = { prepare: '↻ kept from attempt 1', test: '✓ it failed last time' };
  expect(await run('')).toEqual(['1', left, 'success', ...made]);
});

describe('two calls of one reusable workflow', () => {
  const CALLED = `steps: [{ id: one, run: 'echo "$LEG" > leg' }, { id: two, run: 'cat leg; puppet $LEG' }]`;
  const LEGS = ['left', 'right'] as const;
  type Called = { readonly log: string; readonly warnings: string; readonly steps: object; readonly leg: string };

  /** Runs both calls in the next attempt; the right one ends after the left one, or at the same time. */
  const runBoth = async (scene: Scene, { ids = false, exitCode = 0, atOnce = false }): Promise<readonly Called[]> => {
    const [left, right] = LEGS.map((leg) => scene.puppet(leg).nextInvocation());
    const running = LEGS.map((leg, index) => {
      const job = index === 0 ? scene.nextJob({ runner: leg }) : scene.sameAttempt({ runner: leg });
      return { job, step: job.runStep(ids ? { id: leg } : {}, { env: { LEG: leg } }) };
    });
    const puppets = [await left, await right];
    for (const [index, { step }] of running.entries()) {
      puppets[index]?.exit(exitCode);
      if (!atOnce) await step.ended;
    }
    const steps = await Promise.all(running.map(({ step }) => step.ended));
    for (const { job } of running) await job.finish();
    return steps.map((step, index) => ({
      log: step.log,
      warnings: step.annotations.map(({ kind, message }) => (kind === 'warning' ? message : '')).join(''),
      steps: stepsIn(step),
      leg: running[index]?.job.read('leg') ?? '',
    }));
  };

  const expectNothingResumed = (calls: readonly Called[]): void => {
    expect(calls.map(({ leg }) => leg)).toEqual(['left\n', 'right\n']);
    for (const { log, steps } of calls) {
      expect(log).toMatch(/saves checkpoints under the same name.*"id" input/);
      expect(Object.values(steps)).not.toContain('↻ kept from attempt 1');
    }
  };

  test('cannot be told apart: a warning asks for an id, and nothing of them is resumed', async () => {
    await using scene = await openScene(CALLED);
    const [, right] = await runBoth(scene, { exitCode: 1 });
    expect(right?.warnings).toMatch(/under the same name.*"id" input/);
    expectNothingResumed(await runBoth(scene, {}));
  });

  test('cannot be told apart either when they save at the same time', LONG, async () => {
    await using scene = await openScene(CALLED);
    await runBoth(scene, { exitCode: 1, atOnce: true });
    expectNothingResumed(await runBoth(scene, {}));
  });

  test('resume each from its own checkpoint when each has an id', LONG, async () => {
    await using scene = await openScene(CALLED);
    const first = await runBoth(scene, { ids: true, exitCode: 1 });
    expect(first.map(({ warnings }) => warnings)).toEqual(['', '']);
    const second = await runBoth(scene, { ids: true });
    const kept = { one: '↻ kept from attempt 1', two: '✓ it failed last time' };
    expect(second.map(({ steps }) => steps)).toEqual([kept, kept]);
    expect(second.map(({ leg }) => leg)).toEqual(['left\n', 'right\n']);
  });
});
