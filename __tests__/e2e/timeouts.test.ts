import { describe, expect, test } from 'vitest';
import { isAlive } from '../rig/is-alive.js';
import { newRig, type Rig } from '../rig/rig.js';

/** A process tree that is hard to end: a child that ignores TERM, a child of that one, and one outside the process group. */
const STUBBORN = `
      trap '' TERM
      echo partial output
      echo "$$" >> pids.txt
      (sleep 1000 & echo "$!" >> pids.txt; sleep 1000) &
      echo "$!" >> pids.txt
      setsid sh -c 'trap "" TERM; echo "$$" >> pids.txt; sleep 1000; sleep 1000' &
      while :; do sleep 1000; done
`;

const pidsOf = (rig: Rig): readonly number[] => rig.read('pids.txt').trim().split('\n').map(Number);

describe('a step that takes too long', () => {
  test('is ended with its whole process tree, and what it wrote is kept', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - id: slow
    timeout: 1s
    kill_grace: 100ms
    run: |${STUBBORN}
  - { id: next, run: echo next >> trail.txt }
`,
    });
    const run = rig.run();
    expect(await run.exitCode).toBe(1);
    expect(pidsOf(rig)).toHaveLength(4);
    expect(pidsOf(rig).filter(isAlive)).toEqual([]);
    expect(rig.log('slow')).toBe('partial output\n');
    expect(rig.statuses()).toEqual({ slow: 'timed_out', next: 'skipped' });
    expect(rig.state()['results']).toMatchObject([{ step: 'slow', exit_code: 124, error: 'timed out after 1.0s' }]);
    expect(run.stdout()).toContain('✗ slow timed out after');
    expect(rig.trail()).toEqual([]);
  });

  test('gets TERM first and may clean up, which does not make it a success', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - id: slow
    timeout: 1s
    run: |
      trap 'echo cleaned up; exit 0' TERM
      sleep 1000 & wait
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.log('slow')).toBe('cleaned up\n');
    expect(rig.statuses()).toEqual({ slow: 'timed_out' });
  });

  test('counts all of its commands together', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: slow, timeout: 1s, kill_grace: 0ms, commands: [echo one >> trail.txt, sleep 1000, echo three >> trail.txt] }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.trail()).toEqual(['one']);
    expect(rig.statuses()).toEqual({ slow: 'timed_out' });
  });

  test('may be tolerated', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: slow, timeout: 100ms, continue_on_error: true, run: sleep 1000 }
  - { id: next, env: { CODE: "\${{ steps.slow.output.exit_code }}" }, run: echo "$CODE" >> trail.txt }
`,
    });
    expect(await rig.run().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['124']);
    expect(rig.state().status).toBe('succeeded with warnings');
  });

  test('has the default of the file unless it says otherwise, and GitHub spells it in minutes', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
defaults: { timeout: 100ms }
steps:
  - { id: longer, timeout-minutes: 1, run: sleep 0.3 }
  - { id: slow, run: sleep 1000 }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.statuses()).toEqual({ longer: 'succeeded', slow: 'timed_out' });
  });
});

describe('a step that is silent too long', () => {
  test('is ended', async () => {
    await using rig = await newRig({
      'savepoint.yml': 'steps: [{ id: silent, idle_timeout: 500ms, run: echo begun; sleep 1000 }]',
    });
    const run = rig.run();
    expect(await run.exitCode).toBe(1);
    expect(rig.log('silent')).toBe('begun\n');
    expect(rig.statuses()).toEqual({ silent: 'timed_out' });
    expect(run.stdout()).toContain('no output for 0.5s');
  });

  test('may run as long as it writes something', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps: [{ idle_timeout: 1s, run: for i in 1 2 3 4 5 6; do printf .; sleep 0.25; done }]
`,
    });
    expect(await rig.run().exitCode).toBe(0);
  });
});

describe('a group that takes too long', () => {
  test('is ended with all that runs in it, and nothing else starts in it', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
max_parallel: 3
steps:
  - id: group
    timeout: 1s
    parallel:
      - id: stubborn
        kill_grace: 100ms
        run: |${STUBBORN.replaceAll('\n', '\n    ')}
      - id: inner
        steps:
          - { id: quick, run: echo quick >> trail.txt }
          - { id: slow, run: sleep 1000 }
          - { id: never, run: echo never >> trail.txt }
  - { id: next, run: echo next >> trail.txt }
  - { id: afterwards, if: failure(), run: echo afterwards >> trail.txt }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    expect(pidsOf(rig)).toHaveLength(4);
    expect(pidsOf(rig).filter(isAlive)).toEqual([]);
    expect(rig.trail()).toEqual(['quick', 'afterwards']);
    expect(rig.statuses()).toEqual({
      group: 'timed_out',
      'group/stubborn': 'aborted',
      'group/inner': 'aborted',
      'group/inner/quick': 'succeeded',
      'group/inner/slow': 'aborted',
      'group/inner/never': 'skipped',
      next: 'skipped',
      afterwards: 'succeeded',
    });
  });

  test('resumes at the steps that it ended', async () => {
    const pipeline = (timeout: string): string => `
steps:
  - id: group
    timeout: ${timeout}
    steps:
      - { id: a, run: echo a >> trail.txt }
      - { id: b, run: echo b >> trail.txt; test -e fixed || sleep 1000 }
`;
    await using rig = await newRig({ 'savepoint.yml': pipeline('1s') });
    expect(await rig.run().exitCode).toBe(1);
    rig.write('fixed', '');
    rig.write('savepoint.yml', pipeline('1h'));
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['a', 'b', 'b']);
  });
});

test('what a step leaves in the background when it ends by itself is not waited for', async () => {
  await using rig = await newRig({
    'savepoint.yml': 'steps: [{ id: start, run: puppet service & }, { id: use, run: puppet use }]',
  });
  const run = rig.run();
  const service = await rig.puppet('service').nextInvocation();
  const use = await rig.puppet('use').nextInvocation();
  await rig.untilSettled('start');
  use.exit(0);
  expect(await run.exitCode).toBe(0);
  expect(isAlive(service.pid)).toBe(true);
});
