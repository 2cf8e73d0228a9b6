import { describe, expect, test } from 'vitest';
import { newRig } from '../rig/rig.js';

/** Fails until the test writes `fixed`. */
const UNTIL_FIXED = 'test -e fixed';

const threeSteps = `
steps:
  - { id: a, run: echo a >> trail.txt }
  - { id: b, run: echo b >> trail.txt; ${UNTIL_FIXED} }
  - { id: c, run: echo c >> trail.txt }
`;

describe('a resume', () => {
  test('begins with the first step when that had failed', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: a, run: echo a >> trail.txt; ${UNTIL_FIXED} }
  - { id: b, run: echo b >> trail.txt }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.trail()).toEqual(['a']);
    expect(rig.statuses()).toEqual({ a: 'failed', b: 'skipped' });
    rig.write('fixed', '');
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(0);
    expect(resumed.stdout()).toContain('a… (it failed last time)');
    expect(rig.trail()).toEqual(['a', 'b']);
  });

  test('runs the failed step and what follows, and keeps what had finished', async () => {
    await using rig = await newRig({ 'savepoint.yml': threeSteps });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.trail()).toEqual(['a', 'b']);
    rig.write('fixed', '');
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b', 'c']);
    expect(resumed.stdout()).toContain('a kept: finished in attempt 1');
    expect(rig.statuses()).toEqual({ a: 'succeeded', b: 'succeeded', c: 'succeeded' });
  });

  test('is another attempt of the same run, and may fail and be resumed again', async () => {
    await using rig = await newRig({ 'savepoint.yml': threeSteps });
    await rig.run().exitCode;
    const { run_id: runId } = rig.state();
    expect(await rig.resume().exitCode).toBe(1);
    expect(rig.state()).toMatchObject({ run_id: runId, attempt: 2, status: 'failed' });
    rig.write('fixed', '');
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.state()).toMatchObject({ run_id: runId, attempt: 3, status: 'succeeded' });
    expect(rig.trail()).toEqual(['a', 'b', 'b', 'b', 'c']);
    const sequence = rig.journal().map(({ seq }) => seq);
    expect(sequence).toEqual(sequence.map((_, index) => index + 1));
  });

  test('of a finished run does nothing, emits no event, says so and ends with 0', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: echo a >> trail.txt }]' });
    expect(await rig.run().exitCode).toBe(0);
    const journal = rig.read('.work/journal.jsonl');
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(0);
    expect(resumed.stdout()).toContain('nothing to do');
    const asJson = rig.resume(['--json']);
    expect(await asJson.exitCode).toBe(0);
    expect(asJson.stdout()).toBe('');
    expect(rig.read('.work/journal.jsonl')).toBe(journal);
    expect(rig.trail()).toEqual(['a']);
  });

  test('runs a step that timed out', async () => {
    const pipeline = (more: string): string => `
steps:
  - { id: a, run: echo a >> trail.txt }
  - { id: b, run: "echo b >> trail.txt; ${UNTIL_FIXED} || sleep 1000"${more} }
`;
    await using rig = await newRig({ 'savepoint.yml': pipeline(', timeout: 500ms') });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.statuses()).toEqual({ a: 'succeeded', b: 'timed_out' });
    rig.write('fixed', '');
    rig.write('savepoint.yml', pipeline(''));
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(0);
    expect(resumed.stdout()).toContain('b… (it timed out last time)');
    expect(rig.trail()).toEqual(['a', 'b', 'b']);
  });

  test('runs a step that could not be started', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: a, run: echo a >> trail.txt }
  - { id: b, run: echo b >> trail.txt, shell: "./tool {0}" }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.statuses()).toEqual({ a: 'succeeded', b: 'errored' });
    rig.write('tool', '#!/bin/sh\nexec sh "$1"');
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(0);
    expect(resumed.stdout()).toContain('b… (it could not run last time)');
    expect(rig.trail()).toEqual(['a', 'b']);
  });

  test('keeps a tolerated failure', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: a, run: echo a >> trail.txt; exit 3, continue_on_error: true }
  - { id: b, run: echo b >> trail.txt; ${UNTIL_FIXED} }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    rig.write('fixed', '');
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(0);
    expect(resumed.stdout()).toContain('a kept: its failure in attempt 1 was tolerated');
    expect(rig.state().status).toBe('succeeded with warnings');
    expect(rig.trail()).toEqual(['a', 'b', 'b']);
  });

  test('skips again what its condition still skips, which re-runs nothing', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: a, if: "hashFiles('wanted') != ''", run: echo a >> trail.txt }
  - { id: b, run: echo b >> trail.txt }
  - { id: c, run: echo c >> trail.txt; ${UNTIL_FIXED} }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    rig.write('fixed', '');
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b', 'c', 'c']);
    expect(rig.statuses()).toEqual({ a: 'skipped', b: 'succeeded', c: 'succeeded' });
  });

  test('runs what its condition no longer skips, and what comes after it', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: a, if: "hashFiles('wanted') != ''", run: echo a >> trail.txt }
  - { id: b, run: echo b >> trail.txt }
  - { id: c, run: echo c >> trail.txt; ${UNTIL_FIXED} }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    rig.write('fixed', '');
    rig.write('wanted', 'yes');
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b', 'c', 'a', 'b', 'c']);
  });

  test('runs again what comes after a step that runs again, although it had finished', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: a, run: echo a >> trail.txt; ${UNTIL_FIXED} }
  - { id: b, if: always(), run: echo b >> trail.txt }
  - { id: apart, if: always(), needs: [], run: echo apart > apart.txt }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.trail()).toEqual(['a', 'b']);
    rig.remove('apart.txt');
    rig.write('fixed', '');
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(0);
    expect(resumed.stdout()).toContain('b… (it needs "a", which runs again)');
    expect(rig.trail()).toEqual(['a', 'b']);
    expect(rig.has('apart.txt')).toBe(false);
  });

  test('keeps what finished inside groups, at any depth', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - id: outer
    steps:
      - { id: a, run: echo outer/a >> trail.txt }
      - id: inner
        parallel:
          - { id: b, run: echo outer/inner/b >> trail.txt }
          - { id: c, needs: b, run: echo outer/inner/c >> trail.txt; ${UNTIL_FIXED} }
      - { id: d, run: echo outer/d >> trail.txt }
  - { id: e, run: echo e >> trail.txt }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.trail()).toEqual(['outer/a', 'outer/inner/b', 'outer/inner/c']);
    rig.write('fixed', '');
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['outer/inner/c', 'outer/d', 'e']);
    expect(new Set(Object.values(rig.statuses()))).toEqual(new Set(['succeeded']));
  });

  test('hands on outputs, exports and search paths of the steps it keeps', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - id: a
    run: |
      echo number=7 >> "$GITHUB_OUTPUT"
      echo COLOUR=blue >> "$GITHUB_ENV"
      echo "$PWD/tools" >> "$GITHUB_PATH"
  - id: b
    env: { NUMBER: "\${{ steps.a.outputs.number }}" }
    run: ${UNTIL_FIXED}; echo "$NUMBER $COLOUR $(answer)" >> trail.txt
`,
      'tools/answer': '#!/bin/sh\necho 42',
    });
    expect(await rig.run().exitCode).toBe(1);
    rig.write('fixed', '');
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['7 blue 42']);
  });

  test('tells its steps that it is a resume, and the attempt of the run', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - id: a
    env: { RUN: "\${{ run.attempt }} \${{ run.resumed }} \${{ run.id }}" }
    run: echo "$RUN $SAVEPOINT_RESUMED" >> trail.txt; ${UNTIL_FIXED}
`,
    });
    expect(await rig.run(['--run-id', 'first']).exitCode).toBe(1);
    expect(await rig.resume().exitCode).toBe(1);
    expect(rig.trail()).toEqual(['1 false first false', '2 true first true']);
  });
});

describe('a step with on_resume: rerun', () => {
  const pipeline = `
steps:
  - { id: prepare, on_resume: rerun, run: echo prepare >> trail.txt }
  - { id: after, run: echo after >> trail.txt }
  - { id: last, run: echo last >> trail.txt; ${UNTIL_FIXED} }
`;

  test('runs again when something else does, and re-runs nothing', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    expect(await rig.run().exitCode).toBe(1);
    rig.trail();
    rig.write('fixed', '');
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(0);
    expect(rig.trail()).toEqual(['prepare', 'last']);
    expect(resumed.stdout()).toContain('prepare… (on_resume: rerun)');
  });

  test('does not run again when nothing else does', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline, fixed: '' });
    expect(await rig.run().exitCode).toBe(0);
    rig.trail();
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(0);
    expect(resumed.stdout()).toContain('nothing to do');
    expect(rig.trail()).toEqual([]);
  });

  test('that fails on resume holds back what follows, and is what the next resume begins with', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: prepare, on_resume: rerun, run: echo prepare >> trail.txt; test ! -e broken }
  - { id: after, run: echo after >> trail.txt }
  - { id: last, run: echo last >> trail.txt; ${UNTIL_FIXED} }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    rig.trail();
    rig.write('broken', '');
    rig.write('fixed', '');
    expect(await rig.resume().exitCode).toBe(1);
    expect(rig.trail()).toEqual(['prepare']);
    rig.remove('broken');
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['prepare', 'last']);
  });
});
