import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processStartOf } from '../../../src/machine/process/process-table.js';
import { createProcesses } from '../../../src/machine/process/processes.js';
import type { Command } from '../../../src/run/context/ports.js';
import { commandOf, lives, newProcessRig, pidsFrom } from '../process-rig.js';
import { until } from '../until.js';

describe('how a process ended', () => {
  test('is its exit code', async () => {
    using rig = newProcessRig();
    expect((await rig.finish('exit 0')).exit).toEqual({ kind: 'exited', code: 0 });
    expect((await rig.finish('exit 42')).exit).toEqual({ kind: 'exited', code: 42 });
  });

  test('is the signal that ended it', async () => {
    using rig = newProcessRig();
    expect((await rig.finish('kill -KILL $$')).exit).toEqual({ kind: 'signalled', signal: 'SIGKILL', number: 9 });
    expect((await rig.finish('kill -SEGV $$')).exit).toEqual({ kind: 'signalled', signal: 'SIGSEGV', number: 11 });
  });
});

describe('a started process', () => {
  test('sees the environment and folder it was given, and nothing else', async () => {
    using rig = newProcessRig();
    const { process } = await rig.finish('pwd; env', {
      argv: ['/bin/sh', '-c', 'pwd; /usr/bin/env'],
      env: { ONLY: 'this' },
    });
    expect(process.text().split('\n')).toContain(rig.folder);
    expect(process.text().split('\n')).toContain('ONLY=this');
    expect(process.text()).not.toContain('HOME=');
  });

  test('finds nothing on its standard input', async () => {
    using rig = newProcessRig();
    const { process } = await rig.finish('cat; echo read');
    expect(process.text()).toBe('read\n');
  });

  test('leads its own process group, and its start names it', async () => {
    using rig = newProcessRig();
    const process = rig.bash('ps -o pgid= -p $$; exec sleep 60');
    await until(() => process.text().includes('\n'));
    expect(Number(process.text())).toBe(process.pid);
    expect(process.processStart).toBe(processStartOf(process.pid));
    process.stop(0);
    await process.ended;
    expect(processStartOf(process.pid)).toBeUndefined();
  });
});

describe('output', () => {
  test('of both streams arrives in the order it was written', async () => {
    using rig = newProcessRig();
    const { process } = await rig.finish('for i in $(seq 200); do echo out $i; echo err $i >&2; done');
    const expected = Array.from({ length: 200 }, (_, index) => `out ${index + 1}\nerr ${index + 1}\n`).join('');
    expect(process.text()).toBe(expected);
  });

  test('is kept apart when asked for', async () => {
    using rig = newProcessRig();
    const { process } = await rig.finish('echo out; echo err >&2', { splitStreams: true });
    expect([process.text('stdout'), process.text('stderr'), process.text('all')]).toEqual(['out\n', 'err\n', '']);
  });

  test.each([false, true])('can be written through /dev/stdout and /dev/stderr (apart: %s)', async (splitStreams) => {
    using rig = newProcessRig();
    const script = 'echo a > /dev/stdout; echo b > /dev/stderr; echo c | tee /dev/stderr';
    const { exit, process } = await rig.finish(script, { splitStreams });
    expect(exit).toEqual({ kind: 'exited', code: 0 });
    if (splitStreams) expect([process.text('stdout'), process.text('stderr')]).toEqual(['a\nc\n', 'b\nc\n']);
    else expect(process.text()).toBe('a\nb\nc\nc\n');
  });

  test('keeps every byte, also where it is not UTF-8', async () => {
    using rig = newProcessRig();
    const all = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    writeFileSync(join(rig.folder, 'bytes'), all);
    const { process } = await rig.finish('cat bytes');
    expect(process.bytes()).toEqual(all);
  });

  test('of many megabytes arrives whole', async () => {
    using rig = newProcessRig();
    let size = 0;
    const command = commandOf('head -c 50000000 /dev/zero', rig.folder);
    const started = rig.processes.start(command, (_stream, chunk) => (size += chunk.length));
    if (started.ok) await started.value.ended;
    expect(size).toBe(50_000_000);
  });

  test('still arrives where named pipes cannot be made', async () => {
    using rig = newProcessRig();
    const processes = createProcesses({ pipeFolder: join(rig.folder, 'missing') });
    const texts: string[] = [];
    const run = async (splitStreams: boolean): Promise<void> => {
      const command = { ...commandOf('echo out; echo err >&2', rig.folder), splitStreams };
      const started = processes.start(command, (stream, chunk) => texts.push(`${stream} ${chunk.toString()}`));
      if (started.ok) await started.value.ended;
    };
    await run(true);
    await run(false);
    expect(texts.sort()).toEqual(['all err\n', 'all out\n', 'stderr err\n', 'stdout out\n']);
  });
});

describe('named pipes', () => {
  test('are used again by later processes and gone after close', async () => {
    using rig = newProcessRig();
    await rig.finish('echo first');
    const names = rig.pipeNames();
    for (let run = 0; run < 200; run++) expect((await rig.finish(`echo ${run}`)).process.text()).toBe(`${run}\n`);
    expect(rig.pipeNames()).toEqual(names);
    rig.processes.close();
    expect(rig.pipeNames()).toEqual([]);
  });

  test('that a process in the background holds are not used again', async () => {
    using rig = newProcessRig();
    const { process } = await rig.finish('sleep 60 & echo service=$!');
    const [service = 0] = await pidsFrom(process, ['service']);
    const names = rig.pipeNames();
    for (let run = 0; run < 40; run++) await rig.finish('true');
    expect(rig.pipeNames()).toEqual(names);
    expect(lives(service)).toBe(true);
    rig.processes.close();
    expect(rig.pipeNames()).toEqual([]);
  });

  test('that are in use at close go when their process ends', async () => {
    using rig = newProcessRig();
    const process = rig.bash('echo ready; exec sleep 60');
    await until(() => process.text() === 'ready\n');
    rig.processes.close();
    expect(rig.pipeNames()).toHaveLength(1);
    process.stop(0);
    await process.ended;
    expect(rig.pipeNames()).toEqual([]);
  });

  test('of a command that cannot start are used again', async () => {
    using rig = newProcessRig();
    await rig.finish('true');
    const names = rig.pipeNames();
    const command: Command = { ...commandOf('', rig.folder), argv: ['no-such-program'] };
    for (let run = 0; run < 40; run++) expect(rig.processes.start(command, () => undefined).ok).toBe(false);
    expect(rig.pipeNames()).toEqual(names);
    expect((await rig.finish('echo still works')).process.text()).toBe('still works\n');
  });
});

test('close kills a process that has not ended, with its tree', async () => {
  using rig = newProcessRig();
  const process = rig.bash('trap "" TERM; setsid sleep 60 & echo child=$!; wait', {
    env: { PATH: '/usr/bin:/bin', SAVEPOINT_RUN_ID: 'run', SAVEPOINT_STEP: rig.folder },
  });
  const [child = 0] = await pidsFrom(process, ['child']);
  rig.processes.close();
  expect(await process.ended).toEqual({ kind: 'signalled', signal: 'SIGKILL', number: 9 });
  await until(() => !lives(child));
});

describe('a process left in the background', () => {
  test('lives on, does not hold up the end, and can continue to write', async () => {
    using rig = newProcessRig();
    const { process } = await rig.finish(
      '(until [ -e go ]; do sleep 0.01; done; seq 100000; touch wrote; exec sleep 60) & echo service=$!',
    );
    const [service = 0] = await pidsFrom(process, ['service']);
    writeFileSync(join(rig.folder, 'go'), '');
    await until(() => spawnSync('test', ['-e', join(rig.folder, 'wrote')]).status === 0);
    expect(lives(service)).toBe(true);
    expect(process.text()).toBe(`service=${service}\n`);
    process.stop(0);
    expect(lives(service)).toBe(true);
  });

  test('may close its output and then costs no waiting', async () => {
    using rig = newProcessRig();
    const { exit, process } = await rig.finish('sleep 60 > /dev/null 2>&1 & echo service=$!');
    const [service = 0] = await pidsFrom(process, ['service']);
    expect(exit).toEqual({ kind: 'exited', code: 0 });
    expect(lives(service)).toBe(true);
  });
});

describe('a command that cannot start says why', () => {
  const problemOf = (more: Partial<Command>): string => {
    using rig = newProcessRig();
    writeFileSync(join(rig.folder, 'plain'), 'not a program');
    writeFileSync(join(rig.folder, 'orphaned'), '#!/no/such/interpreter\n');
    chmodSync(join(rig.folder, 'orphaned'), 0o755);
    const command = { ...commandOf('exit 0', rig.folder), ...more };
    const started = rig.processes.start(command, () => undefined);
    return started.ok ? 'it started' : started.error;
  };

  test.each<[string, Partial<Command>, string]>([
    ['program not on PATH', { argv: ['pwsh-x'] }, 'cannot start "pwsh-x": it is not on PATH; install it'],
    ['program on no PATH', { argv: ['pwsh-x'], env: {} }, 'cannot start "pwsh-x": it is not on PATH'],
    ['program file missing', { argv: ['./gone'] }, 'cannot start "./gone": there is no such file'],
    ['program not executable', { argv: ['./plain'] }, 'is not executable; run chmod +x on it'],
    ['interpreter missing', { argv: ['./orphaned'] }, 'the interpreter in its first line may be missing'],
    ['folder missing', { cwd: '/no/such/folder' }, 'its working directory "/no/such/folder" does not exist'],
    ['folder is a file', { cwd: '/etc/passwd' }, 'its working directory "/etc/passwd" is not a directory'],
    ['argument too long', { argv: ['bash', '-c', 'x'.repeat(5_000_000)] }, 'are too large for the system'],
    ['variable too long', { env: { BIG: 'x'.repeat(5_000_000) } }, 'are too large for the system'],
    ['NUL in an argument', { argv: ['bash', '-c', 'a\0b'] }, 'holds a NUL character'],
  ])('%s', (_what, more, expected) => {
    expect(problemOf(more)).toContain(expected);
  });
});
