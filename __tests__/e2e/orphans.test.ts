import { describe, expect, test } from 'vitest';
import { isAlive } from '../rig/is-alive.js';
import type { Invocation } from '../rig/puppets.js';
import { rewriteJournal } from '../rig/rewrite-journal.js';
import { newRig, type Rig } from '../rig/rig.js';

/** A step with a grandchild, and a child that has left its process group. */
const pipeline = `
steps:
  - id: tree
    run: |
      (puppet child & wait) &
      setsid puppet escaped &
      puppet main
`;

const MEMBERS = ['main', 'child', 'escaped'];

const startTree = (rig: Rig): Promise<readonly Invocation[]> =>
  Promise.all(MEMBERS.map((name) => rig.puppet(name).nextInvocation()));

describe('what a killed run left running', () => {
  test.each([
    ['resume', 'which traps TERM,', true],
    ['run', 'which does not trap TERM,', false],
  ])('is gone before any step of the next %s starts: a whole process tree %s', async (command, _how, traps) => {
    await using rig = await newRig({ 'savepoint.yml': pipeline });
    const run = rig.run();
    const orphans = await startTree(rig);
    if (traps) await Promise.all(orphans.map((orphan) => orphan.ignoreSignal('SIGTERM')));
    await run.killHard();
    expect(orphans.map(({ pid }) => isAlive(pid))).toEqual([true, true, true]);
    const next = rig.cli([command]);
    const again = await Promise.race(MEMBERS.map((name) => rig.puppet(name).nextInvocation()));
    expect(orphans.map(({ pid }) => isAlive(pid))).toEqual([false, false, false]);
    expect(next.stderr()).toContain('left behind');
    expect(again.pid).not.toBe(orphans[0]?.pid);
  });

  test('is known beyond pid reuse: a process that was given its pid since is left alone', async () => {
    await using rig = await newRig({
      'savepoint.yml': 'steps: [{ id: a, run: puppet a }]',
      'other.yml': 'steps: [{ id: a, run: puppet other }]',
    });
    const run = rig.run();
    const orphan = await rig.puppet('a').nextInvocation();
    await run.killHard();
    process.kill(orphan.pid, 'SIGKILL');
    await orphan.gone;
    rig.run(['other.yml', '--work-dir', 'elsewhere']);
    const innocent = await rig.puppet('other').nextInvocation();
    rewriteJournal(rig, (event) => (event.type === 'attempt_started' ? { ...event, pid: innocent.pid } : event));
    const resumed = rig.resume();
    (await rig.puppet('a').nextInvocation()).exit(0);
    expect(await resumed.exitCode).toBe(0);
    expect(isAlive(innocent.pid)).toBe(true);
  });
});

test('a service that a finished step left in the background survives a kill and a resume', async () => {
  await using rig = await newRig({
    'savepoint.yml': `
steps:
  - { id: start, run: puppet service > /dev/null 2>&1 & }
  - { id: escape, run: setsid puppet apart > /dev/null 2>&1 & }
  - { id: use, run: puppet use }
`,
  });
  const run = rig.run();
  const services = await Promise.all(['service', 'apart'].map((name) => rig.puppet(name).nextInvocation()));
  await rig.puppet('use').nextInvocation();
  await run.killHard();
  const resumed = rig.resume();
  (await rig.puppet('use').nextInvocation()).exit(0);
  expect(await resumed.exitCode).toBe(0);
  expect(services.map(({ pid }) => isAlive(pid))).toEqual([true, true]);
});
