import { expect, test } from 'vitest';
import { sendSignal } from '../../../src/machine/process/send-signal.js';
import { lives, newProcessRig, pidsFrom } from '../process-rig.js';
import { startSource } from '../source-child.js';
import { until } from '../until.js';

test('a signal reaches a process, and only that one', async () => {
  using rig = newProcessRig();
  const leader = rig.bash('sleep 600 & echo child=$!; wait; exec sleep 600');
  const [child = 0] = await pidsFrom(leader, ['child']);
  expect(sendSignal(child, 'SIGKILL')).toBe(true);
  await until(() => !lives(child));
  expect(lives(leader.pid)).toBe(true);
});

test('a signal reaches all of a group', async () => {
  using rig = newProcessRig();
  const leader = rig.bash('sleep 600 & echo child=$!; wait');
  const [child = 0] = await pidsFrom(leader, ['child']);
  expect(sendSignal(-leader.pid, 'SIGKILL')).toBe(true);
  expect(await leader.ended).toEqual({ kind: 'signalled', signal: 'SIGKILL', number: 9 });
  await until(() => !lives(child));
});

test('signal 0 only asks', async () => {
  using rig = newProcessRig();
  const process = rig.bash('exec sleep 600');
  expect([sendSignal(process.pid, 0), sendSignal(-process.pid, 0)]).toEqual([true, true]);
  expect(sendSignal(process.pid, 'SIGTERM')).toBe(true);
  expect(await process.ended).toMatchObject({ signal: 'SIGTERM' });
  expect([sendSignal(process.pid, 0), sendSignal(-process.pid, 0)]).toEqual([false, false]);
});

test('a process that does not exist gets none', () => {
  expect(sendSignal(2 ** 30, 'SIGTERM')).toBe(false);
  expect(sendSignal(-(2 ** 30), 'SIGTERM')).toBe(false);
});

test('init, everything at once, this process and its group are never signalled', async () => {
  // It leads a group, like a program started from a terminal.
  const program = startSource(
    `
    import { sendSignal } from 'src/machine/process/send-signal.js';
    const isThere = (pid) => process.kill(pid, 0);
    const own = [process.pid, -process.pid, 0];
    console.log(JSON.stringify([own.map(isThere), [...own, 1, -1].map((pid) => sendSignal(pid, 0))]));`,
    'exec setsid "$@";',
  );
  const [there, signalled] = JSON.parse(await program.output) as readonly (readonly boolean[])[];
  expect(there).toEqual([true, true, true]);
  expect(signalled).toEqual([false, false, false, false, false]);
});

test.runIf(process.getuid?.() === 0)('a process of another user gets none', async () => {
  const program = startSource(`
    import { sendSignal } from 'src/machine/process/send-signal.js';
    const before = sendSignal(process.ppid, 0);
    process.setuid(65534);
    console.log(JSON.stringify([before, sendSignal(process.ppid, 0)]));`);
  expect(JSON.parse(await program.output)).toEqual([true, false]);
});
