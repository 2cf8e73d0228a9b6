import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { newTempFolder } from '../../machine/temp-folder.js';
import { until } from '../../machine/until.js';
import { createRandom, type Random } from '../../rig/random.js';
import type { JobRig } from '../../rig/runner/workflow-run.js';
import { randomPipeline, type RandomPipeline } from './random-pipeline.js';
import { openScene, type Scene, stepsIn } from './scenes.js';
import { SAMPLED, seeds } from '../../rig/scale.js';

const CUT_ATTEMPTS = 3;
const PATIENCE = { timeout: 120_000 };
const ENDS = ['fails', 'is killed', 'is cancelled', 'loses its machine', 'fails in a later step'] as const;

type Trail = Scene & { readonly trail: () => readonly string[] };

/** An attempt: its job, the steps that began, and those of them that certainly finished and were saved. */
type Attempt = {
  readonly job: JobRig;
  readonly outcome: string | undefined;
  readonly began: readonly string[];
  readonly saved: readonly string[];
  readonly reasons: Readonly<Record<string, string>>;
  readonly log: string;
};

const openTrail = async ({ pipeline, files }: RandomPipeline, file: string): Promise<Trail> => {
  const scene = await openScene(pipeline, { files, env: { TRAIL: file } });
  return { ...scene, trail: () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []) };
};

const named = (what: 'start' | 'end', lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => (line.startsWith(`${what} `) ? [line.slice(what.length + 1)] : []));

type Course = { readonly pipeline: RandomPipeline; readonly random: Random };

/** An attempt that ends in this way at a random moment; without one it runs to its end. */
const attempt = async (
  { nextJob, trail }: Trail,
  { pipeline: { ids }, random: { below } }: Course,
  end?: (typeof ENDS)[number],
): Promise<Attempt> => {
  const before = trail().length;
  const since = (): readonly string[] => trail().slice(before);
  const job = nextJob({ runner: below(3) === 0 ? 'other' : 'runner' });
  const failAt = end === 'fails' ? (ids[below(ids.length)] ?? '') : 'none';
  const step = job.runStep({}, { env: { FAIL_AT: failAt } });
  const instant = below(ids.length) + 1;
  const isCut = end === 'is killed' || end === 'is cancelled' || end === 'loses its machine';
  let isOver = false;
  void step.ended.then(() => (isOver = true));
  if (isCut) await until(() => isOver || named('start', since()).length >= instant);
  if (end === 'is killed') await step.killHard();
  if (end === 'is cancelled') await step.cancel();
  if (end === 'loses its machine') await step.machineLost();
  const main = await step.ended;
  const { posts } = end === 'loses its machine' ? { posts: [] } : await job.finish(status(end));
  const lines = since();
  const ended = named('end', lines);
  const lastStart = lines.findLastIndex((line) => line.startsWith('start '));
  return {
    job,
    outcome: main.outputs['outcome'],
    began: named('start', since()),
    // The last one, and those that ran at the same time, may have been killed before their archives were written.
    saved: end === 'loses its machine' ? [] : isCut ? named('end', lines.slice(0, lastStart)).slice(0, -1) : ended,
    reasons: stepsIn(main),
    log: [main, ...posts].map(({ log }) => log).join('\n'),
  };
};

const status = (end: (typeof ENDS)[number] | undefined): { readonly status?: 'failure' } =>
  end === 'fails in a later step' ? { status: 'failure' } : {};

/** The results of the steps: everything except times and the path of the workspace. */
const contentOf = (job: JobRig): unknown =>
  Object.fromEntries(
    Object.entries(job.tree()).map(([path, { mtime: _, target, ...entry }]) => [
      path,
      { ...entry, ...(target !== undefined && { target: target.replace(job.workspace, '') }) },
    ]),
  );

describe.concurrent('a random pipeline, interrupted at random', () => {
  test.each(seeds(1, 8))(
    'comes to the same workspace, and repeats nothing that was saved (seed %i)',
    { ...SAMPLED, ...PATIENCE },
    async (seed) => {
      using temp = newTempFolder();
      const random = createRandom(seed * 7919);
      const pipeline = randomPipeline(random);
      const course = { pipeline, random };
      await using undisturbed = await openTrail(pipeline, temp.at('undisturbed'));
      await using scene = await openTrail(pipeline, temp.at('trail'));
      const expected = await attempt(undisturbed, course);
      expect(expected.outcome, expected.log).toBe('succeeded');
      let saved: readonly string[] = [];
      for (let cut = 1; cut <= CUT_ATTEMPTS; cut++) {
        const one = await attempt(scene, course, ENDS[random.below(ENDS.length)]);
        expectReasons(one, saved);
        saved = [...saved.filter((id) => !one.began.includes(id)), ...one.saved];
        if (one.outcome === 'succeeded') break;
      }
      const last = await attempt(scene, course);
      expectReasons(last, saved);
      expect(last.outcome, last.log).toBe('succeeded');
      expect(contentOf(last.job), last.log).toEqual(contentOf(expected.job));
    },
  );
});

/** A saved step begins again only after a step that it needs. */
const expectReasons = ({ began, reasons, log }: Attempt, saved: readonly string[]): void => {
  for (const id of began.filter((one) => saved.includes(one) && one in reasons)) {
    expect(reasons[id], `${id}:\n${log}`).toMatch(/it needs ".*", which runs again|exit code 1/);
  }
};
