import { expect, test } from 'vitest';
import { endOrphans, endGroup } from '../../../src/machine/process/orphans.js';
import { commandOf, lives, newProcessRig, pidsFrom } from '../process-rig.js';

const RUN_ID = 'run-of-this-test';
const envOf = (step: string): Record<string, string> => ({
  ...commandOf('', '/').env,
  SAVEPOINT_RUN_ID: RUN_ID,
  SAVEPOINT_STEP: step,
});

test('a step that was running is ended with all its processes', async () => {
  using rig = newProcessRig();
  const script = 'setsid sleep 600 & echo apart=$!; sleep 600 & echo child=$!; echo leader=$$; wait';
  const step = rig.bash(script, { env: envOf('build') });
  const pids = await pidsFrom(step, ['leader', 'child', 'apart']);
  expect(await endOrphans([{ step: 'build', group: step }], RUN_ID)).toEqual({ ok: true, value: 3 });
  expect(pids.filter(lives)).toEqual([]);
});

test('a group whose leader has ended is ended too when one of its processes carries the mark of the step', async () => {
  using rig = newProcessRig();
  const script = 'sleep 600 >&- 2>&- & echo marked=$!; env -i sleep 600 >&- 2>&- & echo plain=$!';
  const { process: step } = await rig.finish(script, { env: envOf('build') });
  const pids = await pidsFrom(step, ['marked', 'plain']);
  expect(await endOrphans([{ step: 'build', group: step }], RUN_ID)).toEqual({ ok: true, value: 2 });
  expect(pids.filter(lives)).toEqual([]);
});

test('processes are found by their mark alone', async () => {
  using rig = newProcessRig();
  const step = rig.bash('echo leader=$$; exec sleep 600', { env: envOf('build') });
  await pidsFrom(step, ['leader']);
  expect(await endOrphans([{ step: 'build' }], RUN_ID)).toEqual({ ok: true, value: 1 });
  expect(lives(step.pid)).toBe(false);
});

test('what earlier attempts of an interrupted step left in the background is ended too', async () => {
  using rig = newProcessRig();
  const script = 'sleep 600 >&- 2>&- & echo service=$!';
  const { process: earlier } = await rig.finish(script, { env: envOf('build') });
  const latest = rig.bash('echo leader=$$; exec sleep 600', { env: envOf('build') });
  const pids = [...(await pidsFrom(earlier, ['service'])), ...(await pidsFrom(latest, ['leader']))];
  expect(await endOrphans([{ step: 'build', group: latest }], RUN_ID)).toEqual({ ok: true, value: 2 });
  expect(pids.filter(lives)).toEqual([]);
});

test('a process that ignores TERM is ended too', async () => {
  using rig = newProcessRig();
  const step = rig.bash('trap "" TERM; echo leader=$$; exec sleep 600', { env: envOf('build') });
  await pidsFrom(step, ['leader']);
  expect(await endOrphans([{ step: 'build', group: step }], RUN_ID)).toEqual({ ok: true, value: 1 });
  expect(lives(step.pid)).toBe(false);
});

test('a process that was given the same pid later is left alone', async () => {
  using rig = newProcessRig();
  const unrelated = rig.bash('sleep 600 & echo child=$!; echo leader=$$; wait');
  const pids = await pidsFrom(unrelated, ['leader', 'child']);
  const group = { pid: unrelated.pid, processStart: '1.00000000' };
  expect(await endOrphans([{ step: 'build', group }], RUN_ID)).toEqual({ ok: true, value: 0 });
  expect(pids.filter(lives)).toEqual(pids);
});

test('a group whose leader has ended is left alone when nothing in it carries the mark', async () => {
  using rig = newProcessRig();
  const { process: unrelated } = await rig.finish('sleep 600 >&- 2>&- & echo child=$!');
  const [child = 0] = await pidsFrom(unrelated, ['child']);
  expect(await endOrphans([{ step: 'build', group: unrelated }], RUN_ID)).toEqual({ ok: true, value: 0 });
  expect(lives(child)).toBe(true);
});

test('services that finished steps left in the background, and steps of other runs, live on', async () => {
  using rig = newProcessRig();
  const { process: finished } = await rig.finish('sleep 600 >&- 2>&- & echo service=$!', { env: envOf('start') });
  const otherRun = rig.bash('echo leader=$$; exec sleep 600', {
    env: { ...envOf('build'), SAVEPOINT_RUN_ID: 'other' },
  });
  const pids = [...(await pidsFrom(finished, ['service'])), ...(await pidsFrom(otherRun, ['leader']))];
  expect(await endOrphans([{ step: 'build' }], RUN_ID)).toEqual({ ok: true, value: 0 });
  expect(pids.filter(lives)).toEqual(pids);
});

test('with nothing interrupted nothing is ended', async () => {
  expect(await endOrphans([], RUN_ID)).toEqual({ ok: true, value: 0 });
});

test('a group is killed with all it has started, also where it ignores signals', async () => {
  using rig = newProcessRig();
  const group = rig.bash('trap "" TERM; sleep 600 & echo child=$!; echo leader=$$; wait; sleep 600');
  const pids = await pidsFrom(group, ['leader', 'child']);
  await endGroup(group);
  expect(pids.filter(lives)).toEqual([]);
});

test('a group whose number now belongs to another process is left alone', async () => {
  using rig = newProcessRig();
  const group = rig.bash('echo leader=$$; exec sleep 600');
  await pidsFrom(group, ['leader']);
  await endGroup({ pid: group.pid, processStart: '1' });
  expect(lives(group.pid)).toBe(true);
});
