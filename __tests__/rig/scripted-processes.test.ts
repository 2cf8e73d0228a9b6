import { expect, test } from 'vitest';
import { ok, type Result } from '../../src/base/result.js';
import type { Command, RunningProcess } from '../../src/run/context/ports.js';
import { createFakeClock } from './fake-clock.js';
import { createScriptedProcesses } from './scripted-processes.js';

const command: Command = { argv: ['build'], env: {}, cwd: '/', splitStreams: false };
const noOutput = (): void => {};

const valueOf = (result: Result<RunningProcess>): RunningProcess => {
  if (!result.ok) throw new Error(result.error);
  return result.value;
};

test('a process prints and ends as the test says', async () => {
  const processes = createScriptedProcesses(createFakeClock());
  const seen: string[] = [];
  const running = valueOf(processes.start(command, (stream, chunk) => seen.push(`${stream} ${chunk.toString()}`)));
  const process = await processes.next();
  process.print('hello');
  process.exit(3);
  process.print('too late');
  expect(await running.ended).toEqual({ kind: 'exited', code: 3 });
  expect(seen).toEqual(['all hello']);
  expect(processes.running).toEqual([]);
});

test('a part is played at the start, and can refuse it', async () => {
  const processes = createScriptedProcesses(createFakeClock(), (process) => {
    if (process.command.argv[0] === 'absent') return { refuse: 'no such command' };
    process.exit(0);
    return undefined;
  });
  expect(await valueOf(processes.start(command, noOutput)).ended).toEqual({ kind: 'exited', code: 0 });
  const refused = processes.start({ ...command, argv: ['absent'] }, noOutput);
  expect(refused).not.toEqual(ok(expect.anything()));
  expect(processes.started).toHaveLength(1);
});

test('stop ends a process with TERM at once', async () => {
  const processes = createScriptedProcesses(createFakeClock());
  const running = valueOf(processes.start(command, noOutput));
  running.stop(1000);
  expect(await running.ended).toEqual({ kind: 'signalled', signal: 'SIGTERM', number: 15 });
});

test('a process that ignores TERM is killed after the grace, which later calls only shorten', async () => {
  const clock = createFakeClock();
  const processes = createScriptedProcesses(clock);
  const running = valueOf(processes.start(command, noOutput));
  const process = await processes.next();
  process.ignoreTerm();
  running.stop(1000);
  running.stop(5000);
  running.stop(100);
  await clock.advance(99);
  expect(processes.running).toHaveLength(1);
  await clock.advance(1);
  expect(await running.ended).toEqual({ kind: 'signalled', signal: 'SIGKILL', number: 9 });
  expect(process.stops).toEqual([1000, 5000, 100]);
  expect(clock.pending).toBe(0);
});
