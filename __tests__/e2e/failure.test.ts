import { describe, expect, test } from 'vitest';
import { isAlive } from '../rig/is-alive.js';
import { newRig, type Rig } from '../rig/rig.js';

/** Two chains that start together: `bad` → `after`, and `other` → `more`. */
const twoChains = (mode: string): string => `
failure: ${mode}
max_parallel: 2
steps:
  - { id: bad, run: puppet bad, kill_grace: 0ms }
  - { id: after, needs: bad, run: echo after >> trail.txt }
  - { id: other, needs: [], run: puppet other }
  - { id: more, needs: other, run: echo more >> trail.txt }
  - { id: sweep, if: failure(), needs: bad, run: echo sweep >> trail.txt }
  - { id: always, if: always(), needs: other, run: echo always >> trail.txt }
`;

/** Lets `bad` fail while `other` runs; then lets `other` succeed if it still runs. */
const failFirst = async (rig: Rig): Promise<number> => {
  const run = rig.run();
  const [bad, other] = await Promise.all([rig.puppet('bad').nextInvocation(), rig.puppet('other').nextInvocation()]);
  bad.exit(1);
  await rig.untilSettled('bad');
  other.exit(0);
  return run.exitCode;
};

describe('after a failure', () => {
  test('"finish" starts nothing new but what asks for it, and lets running steps finish', async () => {
    await using rig = await newRig({ 'savepoint.yml': twoChains('finish') });
    expect(await failFirst(rig)).toBe(1);
    expect(rig.statuses()).toEqual({
      bad: 'failed',
      after: 'skipped',
      other: 'succeeded',
      more: 'skipped',
      sweep: 'succeeded',
      always: 'succeeded',
    });
  });

  test('"keep_going" holds back only what is downstream', async () => {
    await using rig = await newRig({ 'savepoint.yml': twoChains('keep_going') });
    expect(await failFirst(rig)).toBe(1);
    expect(rig.statuses()).toEqual({
      bad: 'failed',
      after: 'skipped',
      other: 'succeeded',
      more: 'succeeded',
      sweep: 'succeeded',
      always: 'succeeded',
    });
  });

  test('"fail_fast" also ends running steps', async () => {
    await using rig = await newRig({ 'savepoint.yml': twoChains('fail_fast') });
    const run = rig.run();
    const [bad, other] = await Promise.all([rig.puppet('bad').nextInvocation(), rig.puppet('other').nextInvocation()]);
    bad.exit(1);
    expect(await run.exitCode).toBe(1);
    expect(isAlive(other.pid)).toBe(false);
    expect(rig.statuses()).toEqual({
      bad: 'failed',
      after: 'skipped',
      other: 'aborted',
      more: 'skipped',
      sweep: 'succeeded',
      always: 'succeeded',
    });
    expect(run.stdout()).toContain('failed');
    expect(rig.state().status).toBe('failed');
  });

  test.each(['finish', 'keep_going', 'fail_fast'])('with "%s" a resume finishes the rest', async (mode) => {
    await using rig = await newRig({
      'savepoint.yml': `
failure: ${mode}
steps:
  - { id: a, run: echo a >> trail.txt }
  - { id: b, run: echo b >> trail.txt; test -e fixed }
  - { id: c, run: echo c >> trail.txt }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.trail()).toEqual(['a', 'b']);
    rig.write('fixed', '');
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['b', 'c']);
  });

  test('in a group, the list around it sees only that the group failed', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
failure: keep_going
steps:
  - id: group
    steps:
      - { id: a, run: exit 1 }
      - { id: b, run: echo b >> trail.txt }
      - { id: inner-sweep, if: failure(), run: echo inner-sweep >> trail.txt }
  - { id: c, run: echo c >> trail.txt }
  - { id: d, needs: [], run: echo d >> trail.txt }
  - id: starts-clean
    if: failure()
    needs: group
    steps: [{ id: e, if: success(), run: echo e >> trail.txt }, { id: f, if: failure(), run: echo f >> trail.txt }]
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    expect([...rig.trail()].sort()).toEqual(['d', 'e', 'inner-sweep']);
    expect(rig.statuses()).toMatchObject({ group: 'failed', c: 'skipped', 'starts-clean': 'succeeded' });
  });
});

describe('a tolerated failure', () => {
  test('of a step lets the run continue, with its exit code and standard error for what follows', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: a, continue-on-error: true, run: echo why >&2; exit 3 }
  - id: b
    env:
      SEEN: "\${{ steps.a.outcome }} \${{ steps.a.conclusion }} \${{ steps.a.output.exit_code }} \${{ steps.a.output.stderr }}"
    run: echo $SEEN >> trail.txt
  - { id: c, if: failure(), run: echo c >> trail.txt }
`,
    });
    const run = rig.run();
    expect(await run.exitCode).toBe(0);
    expect(rig.trail()).toEqual(['failure success 3 why']);
    expect(rig.state()).toMatchObject({ status: 'succeeded with warnings', completed_steps: ['a', 'b'] });
    expect(rig.state()['warnings']).toHaveLength(1);
    expect(rig.journal().filter(({ type }) => type === 'step_continue_on_error')).toMatchObject([
      { step: 'a', status: 'failed', exit_code: 3, stderr: 'why\n' },
    ]);
    expect(run.stdout()).toContain('succeeded with warnings');
  });

  test('of a group lets the run continue', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - { id: group, continue_on_error: true, steps: [{ id: a, run: exit 1 }, { id: b, run: echo b >> trail.txt }] }
  - { id: c, run: echo c >> trail.txt; test -e fixed }
`,
    });
    expect(await rig.run().exitCode).toBe(1);
    expect(rig.trail()).toEqual(['c']);
    rig.write('fixed', '');
    expect(await rig.resume().exitCode).toBe(0);
    expect(rig.trail()).toEqual(['c']);
    expect(rig.state().status).toBe('succeeded with warnings');
  });
});

test('every failure is resolved by exactly one event', async () => {
  await using rig = await newRig({
    'savepoint.yml': `
failure: keep_going
steps:
  - { id: failed, needs: [], run: exit 1 }
  - { id: tolerated, needs: [], continue_on_error: true, run: exit 1 }
  - { id: slow, needs: [], timeout: 100ms, run: sleep 1000 }
  - { id: absent, needs: [], shell: "./absent {0}", run: echo }
  - { id: group, needs: [], steps: [{ id: inner, run: exit 1 }] }
`,
  });
  expect(await rig.run().exitCode).toBe(1);
  const endings = ['step_failed', 'step_timed_out', 'step_aborted', 'step_continue_on_error', 'step_succeeded'];
  const resolved = rig.journal().flatMap((event) => ('step' in event && endings.includes(event.type) ? [event] : []));
  expect(resolved.map(({ step, type }) => `${step} ${type}`).sort()).toEqual([
    'absent step_failed',
    'failed step_failed',
    'group step_failed',
    'group/inner step_failed',
    'slow step_timed_out',
    'tolerated step_continue_on_error',
  ]);
});
