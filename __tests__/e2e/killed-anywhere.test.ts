import { setTimeout as pause } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decodeJournal } from '../../src/state/journal-format.js';
import { until } from '../machine/until.js';
import type { Program } from '../rig/program.js';
import { createRandom } from '../rig/random.js';
import { newRig, type Rig } from '../rig/rig.js';
import { SAMPLED, atScale, firstSeed } from '../rig/scale.js';

const KILLS = atScale(10, 60);
const SEED = 20_26_11_21 + firstSeed;
/** The milliseconds from the start of the program within which it is killed before or during its first steps. */
const START_MS = 150;

const leaf = (id: string): string => `{ id: ${id}, run: 'echo "$SAVEPOINT_STEP" >> trail.txt', shell: sh }`;
const leaves = (count: number): string =>
  Array.from({ length: count }, (_, index) => leaf(`s${String(index)}`)).join(', ');

/** 32 quick steps: in a row, concurrent, in groups. */
const pipeline = `
max_parallel: 3
steps:
  - ${leaf('first')}
  - { id: row, steps: [${leaves(9)}] }
  - id: sides
    parallel:
      - { id: left, steps: [${leaves(5)}] }
      - { id: right, steps: [${leaves(5)}] }
      - { id: wide, parallel: [${leaves(5)}] }
  - { id: last, steps: [{ id: inner, steps: [${leaves(6)}] }, ${leaf('end')}] }
`;

/** How often each step has run. */
const countRuns = (rig: Rig): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>();
  const lines = rig.has('trail.txt') ? rig.read('trail.txt').split('\n').slice(0, -1) : [];
  for (const step of lines) counts.set(step, (counts.get(step) ?? 0) + 1);
  return counts;
};

const succeededIn = (rig: Rig): readonly string[] =>
  rig.has('.work/journal.jsonl')
    ? rig.journal().flatMap((event) => (event.type === 'step_succeeded' ? [event.step] : []))
    : [];

/** Waits until a program has run for some time, or has recorded a number of events. */
const chooseInstant = (program: Program, kept: number, below: (limit: number) => number): Promise<void> => {
  if (below(3) === 0) return pause(below(START_MS));
  const count = below(kept + 16);
  return until(() => program.events().length >= count);
};

test(
  `a run that is killed ${String(KILLS)} times at any instant finishes, and repeats nothing that had succeeded`,
  SAMPLED,
  async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    const { below } = createRandom(SEED);
    for (let kills = 0; kills < KILLS; kills++) {
      const done = succeededIn(rig);
      const before = countRuns(rig);
      const program = rig.cli([done.length > 0 ? 'resume' : 'run', '--json']);
      await Promise.race([chooseInstant(program, done.length, below), program.exitCode]);
      await program.killHard();
      expect(await program.exitCode, `kill ${String(kills)}: ${program.stderr()}`).toBe(137);
      const now = countRuns(rig);
      for (const step of done) expect([step, now.get(step)]).toEqual([step, before.get(step)]);
    }
    const done = succeededIn(rig);
    const before = countRuns(rig);
    const last = rig.resume();
    expect(await last.exitCode, last.stderr()).toBe(0);
    const now = countRuns(rig);
    for (const step of done) expect([step, now.get(step)]).toEqual([step, before.get(step)]);
    expect(now.size).toBe(32);
    expect(new Set(Object.values(rig.statuses()))).toEqual(new Set(['succeeded']));
    expect(rig.temporaryFiles()).toEqual([]);
    expect(decodeJournal(readFileSync(join(rig.workspace, '.work/journal.jsonl')))).toMatchObject({ ok: true });
  },
);
