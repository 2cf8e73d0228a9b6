import { expect, test } from 'vitest';
import { endGroup } from '../../../src/machine/process/end-group.js';
import { lives, newProcessRig, pidsFrom } from '../process-rig.js';

test('a group is killed with all it has started, also where it ignores signals', async () => {
  using rig = newProcessRig();
  const group = rig.bash('trap "" TERM; sleep 600 & echo child=$!; echo leader=$$; wait; sleep 600');
  const pids = await pidsFrom(group, ['leader', 'child']);
  await endGroup(group);
  expect(pids.filter(lives)).toEqual([]);
});

test('a group whose number belongs to another process by now is left alone', async () => {
  using rig = newProcessRig();
  const group = rig.bash('echo leader=$$; exec sleep 600');
  await pidsFrom(group, ['leader']);
  await endGroup({ pid: group.pid, processStart: '1' });
  expect(lives(group.pid)).toBe(true);
});
