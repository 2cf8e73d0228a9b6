import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { until } from '../machine/until.js';
import type { Program } from '../rig/program.js';
import { createRandom } from '../rig/random.js';
import { newRig, type Rig } from '../rig/rig.js';
import { SAMPLED, atScale, firstSeed } from '../rig/scale.js';

const KILLS = atScale(6, 32);
const SEED = 3 + firstSeed;
/** The milliseconds from the start of the program within which it is killed before or during its first steps. */
const START_MS = 150;

const TRACE = 'echo "$SAVEPOINT_STEP" >> trail.txt';
const leaf = (id: string): string => `{ id: ${id}, shell: sh, run: '${TRACE}' }`;

/** A fan-out of a branch around a loop, concurrent with calls of a file with a fan-out in a case; every kind has fallbacks. */
const pipeline = `
max_parallel: 3
on_abortion: [${leaf('told')}]
steps:
  - ${leaf('first')}
  - id: sides
    parallel:
      - id: each
        for_each: [a, b, c]
        max_parallel: 2
        steps:
          - id: route
            if: item == 'b'
            then: [${leaf('x')}, ${leaf('y')}]
            else:
              - id: fix
                while: steps.try.outputs.n != 'xxx'
                on_abortion: [${leaf('told')}]
                steps:
                  - { id: try, shell: sh, run: '${TRACE}; echo "N=\${N}x" >> "$GITHUB_ENV"; echo "n=\${N}x" >> "$GITHUB_OUTPUT"' }
                  - { ${leaf('more').slice(2, -2)}, finally: [${leaf('tidy')}] }
          - ${leaf('last')}
      - { id: one, pipeline: called.yml, with: { which: left } }
      - { id: two, pipeline: called.yml, with: { which: other }, on_abortion: [${leaf('told')}] }
  - ${leaf('end')}
`;

const called = `
inputs: { which: { required: true } }
on_abortion: [${leaf('told')}]
steps:
  - ${leaf('before')}
  - id: pick
    switch: inputs.which
    cases: { left: [{ id: each, for_each: [1, 2, 3], shell: sh, run: '${TRACE}' }] }
    default: [{ id: twice, steps: [${leaf('a')}, ${leaf('b')}] }]
  - ${leaf('after')}
`;

/** The number of steps that start processes: three on the outside, four items with their loops, two calls. */
const STEPS = 2 + (2 + 1) + 2 * (3 * 2 + 1) + (2 + 3) + (2 + 2);

const isInFallback = (path: string): boolean => /(?:^|\/)(?:on_\w+|finally)\//.test(path);

/** How often each step of the pipeline has run. */
const countRuns = (rig: Rig): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  const lines = rig.has('trail.txt') ? rig.read('trail.txt').split('\n').slice(0, -1) : [];
  for (const step of lines) if (!isInFallback(step)) counts.set(step, (counts.get(step) ?? 0) + 1);
  return counts;
};

const succeededIn = (rig: Rig): readonly string[] =>
  rig.has('.work/journal.jsonl')
    ? rig
        .journal()
        .flatMap((event) => (event.type === 'step_succeeded' && !isInFallback(event.step) ? [event.step] : []))
    : [];

/** Every fallback of each run attempt that began to fire, as `<attempt> <list>`. */
const firedIn = (rig: Rig): readonly string[] =>
  rig
    .journal()
    .flatMap((event) =>
      event.type === 'fallback_started' ? [`${event.attempt} ${event.step}/${event.fallback}`] : [],
    );

/** Waits until a program has run for some time, or has recorded a number of events. */
const chooseInstant = (program: Program, kept: number, below: (limit: number) => number): Promise<void> => {
  if (below(3) === 0) return pause(below(START_MS));
  const count = below(kept + 30);
  return until(() => program.events().length >= count);
};

const expectNoRepeats = (rig: Rig, done: readonly string[], before: ReadonlyMap<string, number>): void => {
  const now = countRuns(rig);
  expect(done.map((step) => [step, now.get(step)])).toEqual(done.map((step) => [step, before.get(step)]));
};

test(
  `a run of every kind of step that is killed ${KILLS} times at any instant finishes, repeats nothing that had succeeded, and cleans up at most once`,
  SAMPLED,
  async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline, 'called.yml': called });
    const { below } = createRandom(SEED);
    for (let kills = 0; kills < KILLS; kills++) {
      const done = succeededIn(rig);
      const before = countRuns(rig);
      const program = rig.cli([done.length > 0 ? 'resume' : 'run', '--json']);
      await Promise.race([chooseInstant(program, done.length, below), program.exitCode]);
      await program.killHard();
      const exitCode = await program.exitCode;
      if (exitCode === 0) break;
      expect(exitCode, `kill ${kills}: ${program.stderr()}`).toBe(137);
      expectNoRepeats(rig, done, before);
    }
    const done = succeededIn(rig);
    const before = countRuns(rig);
    const last = rig.resume();
    expect(await last.exitCode, last.stderr()).toBe(0);
    expectNoRepeats(rig, done, before);
    expect(countRuns(rig).size).toBe(STEPS);
    const fired = firedIn(rig);
    expect(fired).toEqual([...new Set(fired)]);
    expect(rig.temporaryFiles()).toEqual([]);
  },
);
