import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newRig, type Rig } from '../rig/rig.js';

describe('a run that is killed with -9', () => {
  test('while a step runs resumes at that step', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: a, run: puppet a }
  - { id: b, run: puppet b }
  - { id: c, run: puppet c }
`,
    });
    const run = rig.run();
    (await rig.puppet('a').nextInvocation()).exit(0);
    await rig.puppet('b').nextInvocation();
    await run.killHard();
    const resumed = rig.resume();
    (await rig.puppet('b').nextInvocation()).exit(0);
    (await rig.puppet('c').nextInvocation()).exit(0);
    expect(await resumed.exitCode).toBe(0);
    expect(resumed.stdout()).toContain('b… (it was interrupted)');
    expect(['a', 'b', 'c'].map((name) => rig.puppet(name).count)).toEqual([1, 2, 1]);
    expect(rig.state()).toMatchObject({ attempt: 2, status: 'succeeded' });
  });

  test('while two steps run at the same time in groups resumes at exactly these', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
max_parallel: 4
steps:
  - { id: before, run: puppet before }
  - id: sides
    parallel:
      - id: left
        steps:
          - { id: first, run: puppet left-first }
          - { id: second, run: puppet left-second }
          - { id: third, run: puppet left-third }
      - id: right
        steps:
          - { id: first, run: puppet right-first }
          - { id: second, run: puppet right-second }
      - { id: quick, run: puppet quick }
  - { id: after, run: puppet after }
`,
    });
    const finish = async (name: string): Promise<void> => (await rig.puppet(name).nextInvocation()).exit(0);
    const run = rig.run();
    await finish('before');
    await finish('quick');
    await finish('left-first');
    await finish('right-first');
    await rig.puppet('left-second').nextInvocation();
    await rig.puppet('right-second').nextInvocation();
    await rig.untilSettled('sides/quick');
    await run.killHard();
    const resumed = rig.resume();
    await Promise.all([finish('left-second'), finish('right-second')]);
    await finish('left-third');
    await finish('after');
    expect(await resumed.exitCode).toBe(0);
    const names = [
      'before',
      'quick',
      'left-first',
      'left-second',
      'left-third',
      'right-first',
      'right-second',
      'after',
    ];
    expect(Object.fromEntries(names.map((name) => [name, rig.puppet(name).count]))).toEqual({
      before: 1,
      quick: 1,
      'left-first': 1,
      'left-second': 2,
      'left-third': 1,
      'right-first': 1,
      'right-second': 2,
      after: 1,
    });
    expect(new Set(Object.values(rig.statuses()))).toEqual(new Set(['succeeded']));
  });

  test('again and again at the same step resumes there each time', async () => {
    await using rig = await newRig({
      'savepoint.yml': 'steps: [{ id: a, run: echo a >> trail.txt }, { id: b, run: puppet b }]',
    });
    for (const args of [['run'], ['resume'], ['resume']]) {
      const program = rig.cli(args);
      await rig.puppet('b').nextInvocation();
      await program.killHard();
    }
    const resumed = rig.resume();
    (await rig.puppet('b').nextInvocation()).exit(0);
    expect(await resumed.exitCode).toBe(0);
    expect(rig.trail()).toEqual(['a']);
    expect(rig.state().attempt).toBe(4);
  });

  test('is shown as interrupted until it is resumed', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: puppet a }]' });
    const run = rig.run();
    await rig.puppet('a').nextInvocation();
    await run.killHard();
    const status = rig.cli(['status']);
    expect(await status.exitCode).toBe(0);
    expect(status.stdout()).toContain('interrupted');
    expect(status.stdout()).toContain('savepoint resume');
    const plan = rig.cli(['plan']);
    expect(await plan.exitCode).toBe(0);
    expect(plan.stdout()).toContain('it was interrupted');
  });

  test('goes to the history when another is started, and can be taken back', async () => {
    await using rig = await newRig({
      'savepoint.yml': 'steps: [{ id: a, run: echo a >> trail.txt }, { id: b, run: puppet b }]',
    });
    const first = rig.run(['--run-id', 'first']);
    await rig.puppet('b').nextInvocation();
    await first.killHard();
    const second = rig.run(['--run-id', 'second']);
    (await rig.puppet('b').nextInvocation()).exit(0);
    expect(await second.exitCode).toBe(0);
    expect(second.stderr()).toContain('savepoint resume first');
    rig.trail();
    const resumed = rig.resume(['first']);
    (await rig.puppet('b').nextInvocation()).exit(0);
    expect(await resumed.exitCode).toBe(0);
    expect(rig.trail()).toEqual([]);
  });
});

/** Journals that a kill may leave: everything up to each line, alternately with and without a part of the next one. */
const cutsOf = (journal: string): readonly string[] => {
  const lines = journal.split('\n').slice(0, -1);
  return lines.map((line, index) => {
    const before = lines.slice(0, index).map((each) => `${each}\n`);
    return [...before, index % 2 === 0 ? '' : line.slice(0, line.length / 2)].join('');
  });
};

/** Brings a work directory into the state that a kill would have left. */
const putJournal = (rig: Rig, journal: string): void => {
  rig.remove('.work');
  rig.write('.work/journal.jsonl', journal);
};

test('a journal that ends anywhere resumes, without a step whose success is in it', async () => {
  await using rig = await newRig({
    'savepoint.yml': `
steps:
  - { id: a, run: echo a >> trail.txt }
  - id: group
    parallel:
      - { id: b, run: echo group/b >> trail.txt }
      - { id: c, run: echo group/c >> trail.txt }
  - { id: d, run: echo d >> trail.txt }
`,
  });
  expect(await rig.run().exitCode).toBe(0);
  expect([...rig.trail()].sort()).toEqual(['a', 'd', 'group/b', 'group/c']);
  for (const journal of cutsOf(rig.read('.work/journal.jsonl'))) {
    putJournal(rig, journal);
    const done = rig.journal().flatMap((event) => (event.type === 'step_succeeded' ? [event.step] : []));
    const hasRun = rig.journal().length > 0;
    const program = hasRun ? rig.resume() : rig.run();
    expect(await program.exitCode, program.stderr()).toBe(0);
    const ran = rig.trail();
    expect(ran.filter((step) => done.includes(step))).toEqual([]);
    expect([...done.filter((step) => step !== 'group'), ...ran].sort()).toEqual(['a', 'd', 'group/b', 'group/c']);
    expect(rig.state().status).toBe('succeeded');
  }
});

test('a state file that a kill left behind the journal is not believed', async () => {
  await using rig = await newRig({
    'savepoint.yml': 'steps: [{ id: a, run: echo a >> trail.txt }, { id: b, run: test -e fixed }]',
  });
  await rig.run().exitCode;
  const old = rig.read('.work/pipeline-state.json').replaceAll('"succeeded"', '"failed"');
  writeFileSync(join(rig.workspace, '.work/pipeline-state.json'), old);
  rig.write('fixed', '');
  expect(await rig.resume().exitCode).toBe(0);
  expect(rig.trail()).toEqual(['a']);
  expect(rig.statuses()).toEqual({ a: 'succeeded', b: 'succeeded' });
});
