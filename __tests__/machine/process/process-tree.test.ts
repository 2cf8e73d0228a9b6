import { expect, test } from 'vitest';
import { processStartOf, readProcessRow, type ProcessRow } from '../../../src/machine/process/process-table.js';
import { processTree } from '../../../src/machine/process/process-tree.js';
import { newProcessRig, pidsFrom } from '../process-rig.js';

const ourLine = (): readonly ProcessRow[] => {
  const line: ProcessRow[] = [];
  for (let row = readProcessRow(process.pid); row !== undefined; row = readProcessRow(row.ppid)) line.push(row);
  return line;
};

test('finds a group with the descendants that left it', async () => {
  using rig = newProcessRig();
  const leader = rig.bash('setsid sleep 600 & echo apart=$!; sleep 600 & echo child=$!; echo leader=$$; wait');
  const pids = await pidsFrom(leader, ['leader', 'child', 'apart']);
  pids.forEach(rig.endLater);
  const found = processTree({ group: leader, fresh: false })();
  expect(found.group).toBe(leader.pid);
  expect(new Set(found.processes.map((row) => row.pid))).toEqual(new Set(pids));
});

test('finds a process again that lost its parent', async () => {
  using rig = newProcessRig();
  const leader = rig.bash('setsid sleep 600 > /dev/null 2>&1 & echo apart=$!; echo leader=$$; exec sleep 600');
  const [apart = 0] = await pidsFrom(leader, ['apart', 'leader']);
  rig.endLater(apart);
  const find = processTree({ group: leader, fresh: false });
  expect(find().processes).toHaveLength(2);
  process.kill(leader.pid, 'SIGKILL');
  await leader.ended;
  expect(find().processes.map((row) => row.pid)).toEqual([apart]);
});

test('never finds this process, its ancestors or its group, whatever group is asked for', () => {
  const line = ourLine();
  const ourGroup = readProcessRow(process.pid)?.group;
  for (const { group } of line) {
    const found = processTree({ group: { pid: group, processStart: processStartOf(group) ?? '' }, fresh: true })();
    if (group === ourGroup) expect(found.group).toBeUndefined();
    expect(found.processes.filter((row) => row.group === ourGroup)).toEqual([]);
    expect(found.processes.filter((row) => line.some((ours) => ours.pid === row.pid))).toEqual([]);
  }
});
