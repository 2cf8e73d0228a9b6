import { beforeAll, describe, expect, test } from 'vitest';
import { FAULT_KINDS, type FaultKind, type Side } from '../../rig/github/faults.js';
import { newJob } from '../../rig/runner/workflow-run.js';
import { held, leaf, messagesOf, openTrail, startAndPass, type Trail, UPLOADS_AT_ONCE } from './endings.js';
import { SAMPLED, sampleOf } from '../../rig/scale.js';

/** An attempt of a job with a store that may have a fault. */
type Attempt = {
  readonly exitCode: number;
  readonly outputs: Readonly<Record<string, string>>;
  /** Annotations of main and of post. */
  readonly warnings: readonly string[];
  readonly log: string;
  /** Requests of main and post. */
  readonly requests: number;
};

type Case = Side | 'both';

/** The attempts with a kind of fault: one for each side, one without the fault, and one that finds what a fault left. */
type Course = Readonly<Record<Case | 'none' | 'after', Attempt>>;

const SAMPLE: readonly FaultKind[] = ['connection-loss', 'read-only', 'corrupted'];
const SIDES = ['restore', 'save', 'both'] as const satisfies readonly Case[];
/** One fault of each class: no answer, a refusal, damaged content. A long run tests the others. */
const KINDS = sampleOf(FAULT_KINDS, (kind) => SAMPLE.includes(kind));
const CASES = SIDES.flatMap((side) => KINDS.map((kind) => [kind, side] as const));
/** How often the toolkit may repeat a failed request. */
const MOST_REPEATS = 5;
const PATIENT_SAMPLE = { ...SAMPLED, timeout: 240_000 };

/** Faults that damage content on its way into the store, which is noticed only when it is read. */
const SILENT: readonly FaultKind[] = ['blob-truncated', 'corrupted'];
/** Faults of content only, so that a job that could not restore can still save. */
const OF_CONTENT: readonly FaultKind[] = ['blob-error', 'blob-hang', 'blob-truncated', 'corrupted'];

/** Faults of the service that lose what was saved: the next attempt finds nothing of it. */
const TRANSIENT: readonly FaultKind[] = ['hang', 'server-error', 'connection-loss'];

const isSavingFine = (kind: FaultKind, side: Case): boolean =>
  SILENT.includes(kind) || (side === 'restore' && OF_CONTENT.includes(kind));

const attempt = async ({ nextJob, github }: Trail, exitCode: number): Promise<Attempt> => {
  const job = nextJob();
  const before = github.requests.length;
  const main = await job.runStep({}, { env: { VERDICT: String(exitCode) } }).ended;
  const { post } = await job.finish();
  return {
    exitCode: main.exitCode,
    outputs: main.outputs,
    warnings: messagesOf('warning', main, post),
    log: `${main.log}${post.log}`,
    requests: github.requests.length - before,
  };
};

const STEPS = [leaf('one'), leaf('two', 'exit "$VERDICT"')];

const follow = async (kind: FaultKind): Promise<Course> => {
  await using scene = await openTrail(STEPS, { head: UPLOADS_AT_ONCE });
  const { github } = scene;
  const ill = (on: Case, exitCode: number): Promise<Attempt> => {
    github.fault({ on, kind });
    return attempt(scene, exitCode).finally(github.heal);
  };
  const none = await attempt(scene, 1);
  const restore = await ill('restore', 1);
  const save = await ill('save', 1);
  const after = await attempt(scene, 1);
  return { none, restore, save, after, both: await ill('both', 0) };
};

describe('a store that is ill', () => {
  const courses = new Map<FaultKind, Promise<Course>>();

  beforeAll(() => {
    // Concurrent, because the attempts spend most of their time waiting.
    for (const kind of KINDS) courses.set(kind, follow(kind));
    for (const course of courses.values()) course.catch(() => undefined);
  });

  test.each(CASES)(
    '%s on %s changes no verdict and costs one warning and few requests',
    PATIENT_SAMPLE,
    async (kind, side) => {
      const course = await courses.get(kind);
      if (course === undefined) throw new Error('never');
      const { [side]: found, none, after } = course;
      expect(none.outputs, none.log).toMatchObject({ outcome: 'failed', checkpoint: 'saved' });
      expect(none.warnings).toEqual([]);
      const verdict = side === 'both' ? 'succeeded' : 'failed';
      expect(found.outputs, found.log).toMatchObject({
        outcome: verdict,
        ...(isSavingFine(kind, side) ? {} : { checkpoint: 'failed' }),
      });
      expect(found.exitCode).toBe(side === 'both' ? 0 : 1);
      const isUnseen = side === 'save' && SILENT.includes(kind);
      expect(found.warnings, found.log).toHaveLength(isUnseen ? 0 : 1);
      expect(found.log).not.toMatch(
        /https?:|\bat .*\.js:\d|Failed to|Warning:|Error\b|twirp|actions\/(?:cache|artifact)/,
      );
      expect(found.requests).toBeLessThanOrEqual(Math.max(none.requests, after.requests) + MOST_REPEATS);
    },
  );

  test.each(SILENT.filter((kind) => KINDS.includes(kind)))(
    '%s on save is found when it is needed, and costs one warning then',
    PATIENT_SAMPLE,
    async (kind) => {
      const after = (await courses.get(kind))?.after;
      expect(after?.outputs).toMatchObject({ outcome: 'failed', resumed: 'false', checkpoint: 'saved' });
      expect(after?.warnings, after?.log).toEqual([expect.stringContaining('every step runs')]);
    },
  );

  test.each(KINDS.filter((kind) => TRANSIENT.includes(kind)))(
    '%s on save is over when the store is well again',
    PATIENT_SAMPLE,
    async (kind) => {
      const after = (await courses.get(kind))?.after;
      expect(after?.outputs).toMatchObject({ outcome: 'failed', 'steps-resumed': '1', checkpoint: 'saved' });
      expect(after?.warnings, after?.log).toEqual([]);
    },
  );
});

describe('after trouble', () => {
  /** The second step takes longer than the time to the next upload. */
  const LONGER = [leaf('one'), leaf('two', 'puppet two; sleep 1'), held('three')];

  test.each([
    ['connection-loss', 'could not be reached', 'a last try at the end'],
    ['rate-limited', 'limits requests at the moment', 'a last try at the end'],
    ['read-only', 'may only read the cache', 'nothing more'],
  ] as const)('%s is followed by silence, and then by %s and %s', async (kind, words, atTheEnd) => {
    await using scene = await openTrail(LONGER, { head: UPLOADS_AT_ONCE });
    const { requests } = scene.github;
    scene.github.fault({ on: 'save', kind });
    const { job, step } = await startAndPass(scene);
    await step.untilShown(words);
    const asked = requests.length;
    (await scene.puppet('two').nextInvocation()).exit(0);
    const three = await scene.puppet('three').nextInvocation();
    expect(requests).toHaveLength(asked);
    three.exit(1);
    const failed = await step.ended;
    expect(requests.length > asked).toBe(atTheEnd === 'a last try at the end');
    expect(messagesOf('warning', failed)).toHaveLength(1);
    await job.finish();
  });

  test('what is saved at the end counts, once the store works again', async () => {
    await using scene = await openTrail([leaf('one'), held('two')], { head: UPLOADS_AT_ONCE });
    scene.github.fault({ on: 'save', kind: 'connection-loss' });
    const { job, step } = await startAndPass(scene);
    await step.untilShown('could not be reached');
    scene.github.heal();
    (await scene.puppet('two').nextInvocation()).exit(1);
    expect((await step.ended).outputs).toMatchObject({ outcome: 'failed', checkpoint: 'saved' });
    await job.finish();
    await scene.goOn(['two']);
    expect(scene.trail()).toEqual(['one@1', 'two@1', 'two@2']);
  });
});

describe('a job that may not use the cache as it would', () => {
  test.each(['none', 'write-only'])('runs without it in mode %s, and says so', async (mode) => {
    await using scene = await openTrail(STEPS, { head: UPLOADS_AT_ONCE });
    const job = scene.nextJob();
    const step = await job.runStep({}, { env: { ACTIONS_CACHE_MODE: mode, VERDICT: '0' } }).ended;
    const { post } = await job.finish();
    expect(step.outputs).toMatchObject({ outcome: 'succeeded', checkpoint: 'none' });
    expect(messagesOf('warning', step, post)).toEqual([`no checkpoints: the cache mode of this job is "${mode}"`]);
    expect(scene.github.requests).toEqual([]);
  });

  test.each([
    ['mode', { env: { ACTIONS_CACHE_MODE: 'read' } }, {}],
    ['token', {}, { mode: 'read-only' }],
  ] as const)('resumes but saves nothing with a %s that only reads', async (_what, step, job) => {
    await using scene = await openTrail(STEPS, { head: UPLOADS_AT_ONCE });
    const first = scene.nextJob();
    await first.runStep({}, { env: { VERDICT: '1' } }).ended;
    await first.finish();
    const before = await scene.github.entries();
    const second = scene.nextJob(job);
    const ended = await second.runStep({}, { env: { ...('env' in step && step.env), VERDICT: '1' } }).ended;
    const { post } = await second.finish();
    expect(ended.outputs).toMatchObject({ outcome: 'failed', 'steps-resumed': '1', checkpoint: 'failed' });
    expect(messagesOf('warning', ended, post), ended.log).toEqual([expect.stringContaining('read')]);
    expect(await scene.github.entries()).toEqual(before);
  });

  test('runs without it where there is none, and says so', async () => {
    await using job = await newJob({ files: { 'savepoint.yml': 'steps: [{ run: "true" }]' } });
    const step = await job.runStep().ended;
    const { post } = await job.finish();
    expect(step.outputs).toMatchObject({ outcome: 'succeeded', checkpoint: 'none' });
    expect(messagesOf('warning', step, post)).toEqual(['no checkpoints: this runner has no cache service']);
  });
});
