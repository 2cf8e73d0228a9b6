import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultNode } from '../rig/nodes.js';
import { newRig, type Rig } from '../rig/rig.js';
import { SAMPLED, sampleOf } from '../rig/scale.js';

const pipeline = `
steps:
  - { id: a, run: echo a >> trail.txt }
  - { id: b, run: echo b >> trail.txt; test -e fixed }
`;

const JOURNAL = '.work/journal.jsonl';
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A rig whose run failed at `b`, which has been repaired since. */
const failedRig = async (): Promise<Rig> => {
  const rig = await newRig({ 'savepoint.yml': pipeline });
  expect(await rig.run(['--run-id', 'first']).exitCode).toBe(1);
  rig.trail();
  rig.write('fixed', '');
  return rig;
};

describe('a journal', () => {
  test('with a torn last line resumes, and is whole again', async () => {
    await using rig = await failedRig();
    appendFileSync(join(rig.workspace, JOURNAL), '{"v":1,"seq":99,"type":"step_succ');
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b']);
    expect(rig.read(JOURNAL)).not.toContain('"seq":99');
    expect(rig.journal().map(({ seq }) => seq)).toEqual(rig.journal().map((_, index) => index + 1));
    expect(await rig.resume().exitCode).toBe(0);
  });

  test('that is empty is not a run', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline, fixed: '', [JOURNAL]: '' });
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(2);
    expect(resumed.stderr()).toContain('there is nothing to resume');
    expect(await rig.run().exitCode).toBe(0);
  });
});

describe('a journal that is refused', () => {
  const lineOf = (journal: string, line: number): string => journal.split('\n')[line - 1] ?? '';

  type Damage = readonly [what: string, damage: (journal: string) => string, said: RegExp];
  const damages: readonly Damage[] = [
    [
      'a changed line',
      (text) => text.replace('"status":"failed"', '"status":"errored"'),
      /changed or damaged at line \d/,
    ],
    ['a changed type', (text) => text.replace('"step_failed"', '"step_succeeded"'), /changed or damaged at line \d/],
    ['a missing line', (text) => text.replace(`${lineOf(text, 3)}\n`, ''), /changed or damaged at line 3/],
    ['a repeated line', (text) => `${text}${lineOf(text, 1)}\n`, /changed or damaged at line \d+/],
    ['no JSON', (text) => `${text}not a line of ours\n`, /changed or damaged at line \d+/],
    ['a newer version', (text) => `${text}{"v":2,"seq":12,"type":"dreamt"}\n`, /newer Savepoint \(format 2\)/],
  ];

  test.each(sampleOf(damages, ([what]) => what === 'a missing line' || what === 'a newer version'))(
    'for %s: a resume ends with 2, says the way out and changes nothing',
    SAMPLED,
    async (...damage) => {
      const [, change, said] = damage;
      await using rig = await failedRig();
      const text = change(rig.read(JOURNAL));
      rig.write(JOURNAL, text);
      const resumed = rig.resume();
      expect(await resumed.exitCode).toBe(2);
      expect(resumed.stderr()).toMatch(said);
      expect(resumed.stderr()).toContain('start over with savepoint run');
      expect(rig.read(JOURNAL)).toBe(text);
      expect(rig.trail()).toEqual([]);
    },
  );

  test.each(['status', 'plan', 'logs'])('is refused by %s too', async (command) => {
    await using rig = await failedRig();
    rig.write(JOURNAL, 'not a line of ours\n');
    const program = rig.cli([command]);
    expect(await program.exitCode).toBe(2);
    expect(program.stderr()).toContain('start over with savepoint run');
  });
});

describe('the state file', () => {
  test('is rebuilt from the journal when it is gone', async () => {
    await using rig = await failedRig();
    const state = rig.read('.work/pipeline-state.json');
    rig.remove('.work/pipeline-state.json');
    const status = rig.cli(['status', '--json']);
    expect(await status.exitCode).toBe(0);
    expect(status.stdout()).toBe(state);
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b']);
    expect(rig.state()).toMatchObject({ run_id: 'first', attempt: 2, completed_steps: ['a', 'b'] });
  });

  test('is rebuilt when it is broken', async () => {
    await using rig = await failedRig();
    rig.write('.work/pipeline-state.json', '{"half');
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.state().status).toBe('succeeded');
  });

  test('has the fields that people and tools read', async () => {
    await using rig = await failedRig();
    const state = rig.state();
    expect(state['started_at']).toMatch(ISO_TIME);
    expect(state['updated_at']).toMatch(ISO_TIME);
    expect(state).toMatchObject({
      version: 1,
      run_id: 'first',
      pipeline: 'savepoint',
      file: 'savepoint.yml',
      status: 'failed',
      attempt: 1,
      current_step: null,
      running_steps: [],
      completed_steps: ['a'],
      results: [
        { step: 'a', success: true, error: null, attempt: 1, exit_code: 0, marks: [] },
        { step: 'b', success: false, error: 'exit code 1', attempt: 1, status: 'failed', exit_code: 1 },
      ],
      steps: { a: { status: 'succeeded' }, b: { status: 'failed' } },
      outputs: {},
      env: {},
      path: [],
      commit: null,
    });
  });

  test('says while a run is in progress what is running', async () => {
    await using rig = await newRig({
      'savepoint.yml':
        'steps: [{ id: a, run: "true" }, { parallel: [{ id: b, run: puppet b }, { id: c, run: puppet c }] }]',
    });
    const run = rig.run();
    const [b, c] = await Promise.all([rig.puppet('b').nextInvocation(), rig.puppet('c').nextInvocation()]);
    const status = rig.cli(['status', '--json']);
    expect(await status.exitCode).toBe(0);
    expect(JSON.parse(status.stdout())).toMatchObject({
      status: 'running',
      running_steps: ['step-2', 'step-2/b', 'step-2/c'],
      completed_steps: ['a'],
    });
    b.exit(0);
    c.exit(0);
    expect(await run.exitCode).toBe(0);
  });
});

describe('a journal that cannot be written', () => {
  const fiveSteps = `
steps:
  - { id: a, run: echo a >> trail.txt }
  - { id: b, run: echo b >> trail.txt }
  - { id: c, run: echo c >> trail.txt }
  - { id: d, run: rm -rf "$REMOVED"; echo d >> trail.txt }
  - { id: e, run: echo e >> trail.txt; test -e fixed }
`;

  test('on a full disk is one warning: the run continues, ends "not resumable", and resumes from what is stored', async () => {
    await using rig = await newRig({ 'savepoint.yml': fiveSteps });
    rig.write('little-room', `#!/bin/sh\nulimit -f 4\nexec '${defaultNode()}' "$@"`);
    const run = rig.run([], { node: join(rig.workspace, 'little-room') });
    expect(await run.exitCode).toBe(1);
    expect(rig.trail()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(run.stderr().match(/^warning: .*$/gm)).toEqual([expect.stringContaining('cannot be resumed')]);
    expect(run.stdout()).toContain('not resumable');
    expect(run.stdout()).not.toContain('savepoint resume');
    rig.write('fixed', '');
    const done = rig.journal().filter(({ type }) => type === 'step_succeeded').length;
    expect(done).toBeGreaterThan(0);
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['a', 'b', 'c', 'd', 'e'].slice(done));
  });

  test('because a step removed the work directory is the same', async () => {
    await using rig = await newRig({ 'savepoint.yml': fiveSteps });
    const run = rig.run([], { env: { REMOVED: '.work' } });
    expect(await run.exitCode).toBe(1);
    expect(rig.trail()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(run.stderr().match(/^warning: .*$/gm)).toEqual([expect.stringContaining('cannot be resumed')]);
    expect(run.stdout()).toContain('not resumable');
    rig.write('fixed', '');
    expect(await rig.resume().exitCode).toBe(2);
    expect(await rig.run().exitCode).toBe(0);
  });
});

test('the work directory hides itself from git', async () => {
  await using rig = await failedRig();
  expect(rig.read('.work/.gitignore')).toContain('*');
});
