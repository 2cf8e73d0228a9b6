import { describe, expect, test } from 'vitest';
import { until } from '../machine/until.js';
import { isAlive } from '../rig/is-alive.js';
import type { Program } from '../rig/program.js';
import { newRig } from '../rig/rig.js';

/** Settles when a program has said that it stops. */
const isStopping = (program: Program): Promise<void> => until(() => program.stderr().includes('stopping'));

/** Presses Ctrl-C until the program counts a second time; early ones may pass for the same key press. */
const pressAgain = (program: Program): Promise<void> =>
  until(() => {
    program.signal('SIGINT');
    return program.stderr().includes('ending everything');
  });

const pipeline = (more = ''): string => `
steps:
  - { id: done, run: echo done >> trail.txt }
  - { id: slow, run: puppet slow${more} }
  - { id: next, run: echo next >> trail.txt }
  - { id: anyway, if: always(), run: echo anyway >> trail.txt }
`;

describe('Ctrl-C once', () => {
  test('gives a step that traps TERM the time to end, keeps what it writes, and ends with 130', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline(', kill_grace: 1h') });
    const run = rig.run();
    const slow = await rig.puppet('slow').nextInvocation();
    await slow.print('before\n');
    await slow.ignoreSignal('SIGTERM');
    run.signal('SIGINT');
    await isStopping(run);
    await slow.print('last words\n');
    slow.exit(0);
    expect(await run.exitCode).toBe(130);
    expect(rig.log('slow')).toBe('before\nlast words\n');
    expect(rig.statuses()).toEqual({ done: 'succeeded', slow: 'aborted', next: 'skipped', anyway: 'skipped' });
    expect(rig.state().status).toBe('aborted');
    expect(rig.trail()).toEqual(['done']);
    expect(run.stdout()).toContain('was aborted by SIGINT');
    expect(run.stdout()).toContain('savepoint resume (keeps 1 finished step)');
  });

  test('ends at once what does not trap TERM, with all it started', async () => {
    await using rig = await newRig({
      'savepoint.yml': 'steps: [{ kill_grace: 1h, run: "(puppet child & wait) & setsid puppet apart & puppet main" }]',
    });
    const run = rig.run();
    const tree = await Promise.all(['main', 'child', 'apart'].map((name) => rig.puppet(name).nextInvocation()));
    run.signal('SIGINT');
    expect(await run.exitCode).toBe(130);
    expect(tree.map(({ pid }) => isAlive(pid))).toEqual([false, false, false]);
  });

  test('kills after the grace what traps TERM, with all it started', async () => {
    await using rig = await newRig({
      'savepoint.yml':
        'steps: [{ kill_grace: 100ms, run: "(puppet child & wait) & setsid puppet apart & puppet main" }]',
    });
    const run = rig.run();
    const tree = await Promise.all(['main', 'child', 'apart'].map((name) => rig.puppet(name).nextInvocation()));
    await Promise.all(tree.map((one) => one.ignoreSignal('SIGTERM')));
    run.signal('SIGINT');
    expect(await run.exitCode).toBe(130);
    expect(tree.map(({ pid }) => isAlive(pid))).toEqual([false, false, false]);
  });

  test('ends all steps that run, also in groups', async () => {
    await using rig = await newRig({
      'savepoint.yml': `
steps:
  - parallel:
      - { id: a, run: puppet a }
      - { id: group, steps: [{ id: b, run: puppet b }, { id: c, run: echo c >> trail.txt }] }
`,
    });
    const run = rig.run();
    const both = await Promise.all(['a', 'b'].map((name) => rig.puppet(name).nextInvocation()));
    run.signal('SIGINT');
    expect(await run.exitCode).toBe(130);
    expect(both.map(({ pid }) => isAlive(pid))).toEqual([false, false]);
    expect(rig.trail()).toEqual([]);
    expect(rig.statuses()).toMatchObject({ 'step-1': 'aborted', 'step-1/a': 'aborted', 'step-1/group/b': 'aborted' });
  });

  test('is not undone by tolerating failures', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline(', continue_on_error: true') });
    const run = rig.run();
    await rig.puppet('slow').nextInvocation();
    run.signal('SIGINT');
    expect(await run.exitCode).toBe(130);
    expect(rig.state().status).toBe('aborted');
    expect(rig.trail()).toEqual(['done']);
  });

  test('leaves a run that resumes at the step it ended', async () => {
    await using rig = await newRig({ 'savepoint.yml': pipeline() });
    const run = rig.run();
    await rig.puppet('slow').nextInvocation();
    run.signal('SIGINT');
    await run.exitCode;
    const resumed = rig.resume();
    (await rig.puppet('slow').nextInvocation()).exit(0);
    expect(await resumed.exitCode).toBe(0);
    expect(resumed.stdout()).toContain('slow… (it was aborted last time)');
    expect(rig.trail()).toEqual(['done', 'next', 'anyway']);
  });
});

test('Ctrl-C twice ends everything at once, whatever the grace', async () => {
  await using rig = await newRig({
    'savepoint.yml':
      'steps: [{ id: slow, kill_grace: 1h, run: "(puppet child & wait) & setsid puppet apart & puppet main" }]',
  });
  const run = rig.run();
  const tree = await Promise.all(['main', 'child', 'apart'].map((name) => rig.puppet(name).nextInvocation()));
  await Promise.all(tree.map((one) => one.ignoreSignal('SIGTERM')));
  run.signal('SIGINT');
  await isStopping(run);
  expect(tree.map(({ pid }) => isAlive(pid))).toEqual([true, true, true]);
  await pressAgain(run);
  expect(await run.exitCode).toBe(130);
  expect(tree.map(({ pid }) => isAlive(pid))).toEqual([false, false, false]);
  expect(rig.state().status).toBe('aborted');
});

test.each([
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s stops as Ctrl-C does, and ends with %i', async (signal, code) => {
  await using rig = await newRig({ 'savepoint.yml': pipeline() });
  const run = rig.run();
  const slow = await rig.puppet('slow').nextInvocation();
  run.signal(signal);
  expect(await run.exitCode).toBe(code);
  expect(isAlive(slow.pid)).toBe(false);
  expect(rig.statuses()).toMatchObject({ slow: 'aborted', next: 'skipped' });
});
