import { describe, expect, test } from 'vitest';
import { commandOf, lives, newProcessRig, pidsFrom } from '../process-rig.js';

const HALF_AN_HOUR_MS = 1_800_000;
const markedEnv = { ...commandOf('', '/').env, SAVEPOINT_RUN_ID: 'run-of-the-test', SAVEPOINT_STEP: 'build' };

/** Prints its id as `name=` and refuses to end: it ignores TERM, and so does the program it becomes. */
const stubborn = (name: string): string => `trap "" TERM; echo ${name}=$BASHPID; exec sleep 600`;

describe('stop', () => {
  test('ends a process that goes at TERM, without waiting for the grace', async () => {
    using rig = newProcessRig();
    const process = rig.bash('echo leader=$$; exec sleep 600');
    await pidsFrom(process, ['leader']);
    process.stop(HALF_AN_HOUR_MS);
    expect(await process.ended).toEqual({ kind: 'signalled', signal: 'SIGTERM', number: 15 });
  });

  test('lets a trap finish its work within the grace, with its output', async () => {
    using rig = newProcessRig();
    const process = rig.bash(
      'trap "echo cleaning; date > cleaned; echo clean; exit 3" TERM; echo leader=$$; sleep 600 & wait',
    );
    await pidsFrom(process, ['leader']);
    process.stop(HALF_AN_HOUR_MS);
    expect(await process.ended).toEqual({ kind: 'exited', code: 3 });
    expect(process.text()).toContain('cleaning\nclean\n');
  });

  test('ends the whole tree, however its members try to get away', async () => {
    using rig = newProcessRig();
    const process = rig.bash(
      `trap "" TERM
      (trap "echo trapped" TERM; echo grandchild=$BASHPID; while true; do sleep 600 & wait; done) &
      setsid bash -c '${stubborn('setsid')}' &
      (setsid bash -c '(${stubborn('daemon')}) < /dev/null > /dev/fd/7 2>&1 &' 7>&1 &)
      (set -m; bash -c '${stubborn('ownGroup')}' & wait) &
      echo leader=$$; while true; do sleep 600 & wait; done`,
      { env: markedEnv },
    );
    const pids = await pidsFrom(process, ['leader', 'grandchild', 'setsid', 'daemon', 'ownGroup']);
    pids.forEach(rig.endLater);
    process.stop(50);
    expect(await process.ended).toEqual({ kind: 'signalled', signal: 'SIGKILL', number: 9 });
    expect(pids.filter(lives)).toEqual([]);
  });

  test('finds the children of a child that leaves them behind when it dies', async () => {
    using rig = newProcessRig();
    const inner = `env -i bash -c '${stubborn('inner')}'`;
    const process = rig.bash(`setsid env -i bash -c "setsid ${inner.replaceAll(/["$]/g, '\\$&')} & sleep 600" & wait`);
    const [pid = 0] = await pidsFrom(process, ['inner']);
    rig.endLater(pid);
    process.stop(50);
    await process.ended;
    expect(lives(pid)).toBe(false);
  });

  test('ends a stopped process', async () => {
    using rig = newProcessRig();
    const process = rig.bash('echo leader=$$; kill -STOP $$; exit 9');
    await pidsFrom(process, ['leader']);
    process.stop(HALF_AN_HOUR_MS);
    expect(await process.ended).toEqual({ kind: 'signalled', signal: 'SIGTERM', number: 15 });
  });

  test('once more with less grace ends it sooner; with more it changes nothing', async () => {
    using rig = newProcessRig();
    const process = rig.bash(stubborn('leader'));
    await pidsFrom(process, ['leader']);
    process.stop(HALF_AN_HOUR_MS);
    process.stop(0);
    process.stop(HALF_AN_HOUR_MS);
    expect(await process.ended).toEqual({ kind: 'signalled', signal: 'SIGKILL', number: 9 });
  });

  test('ends what is left in the background when the leader is already gone', async () => {
    using rig = newProcessRig();
    const process = rig.bash(
      `(${stubborn('child')}) & echo leader=$$; while ! [ -e go ]; do sleep 0.01; done & exit 5`,
    );
    const [child = 0, leader = 0] = await pidsFrom(process, ['child', 'leader']);
    while (lives(leader)) await new Promise(setImmediate);
    process.stop(0);
    expect(await process.ended).toEqual({ kind: 'exited', code: 5 });
    expect(lives(child)).toBe(false);
  });

  test('does not let the process end before its children have, even silent ones', async () => {
    using rig = newProcessRig();
    const process = rig.bash(
      `(trap "" TERM; echo child=$BASHPID; exec sleep 600 > /dev/null 2>&1) & echo leader=$$; wait`,
    );
    const [child = 0] = await pidsFrom(process, ['child', 'leader']);
    process.stop(100);
    expect(await process.ended).toEqual({ kind: 'signalled', signal: 'SIGTERM', number: 15 });
    expect(lives(child)).toBe(false);
  });

  test('leaves processes of other steps alone', async () => {
    using rig = newProcessRig();
    const other = rig.bash('echo other=$$; exec sleep 600', { env: { ...markedEnv, SAVEPOINT_STEP: 'test' } });
    const process = rig.bash('echo leader=$$; exec sleep 600', { env: markedEnv });
    const [otherPid = 0] = await pidsFrom(other, ['other']);
    await pidsFrom(process, ['leader']);
    process.stop(HALF_AN_HOUR_MS);
    await process.ended;
    expect(lives(otherPid)).toBe(true);
  });
});
