import { once } from 'node:events';
import { existsSync, realpathSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultNode, nodes } from './nodes.js';
import { isAlive } from './is-alive.js';
import { newRig, type Rig } from './rig.js';

const trivialProgram = join(import.meta.dirname, 'run-commands.mjs');
const openRig = (files: Readonly<Record<string, string>> = {}): Promise<Rig> => newRig(files, trivialProgram);

describe('a program in the rig', () => {
  test('ends with its exit code and output', async () => {
    await using rig = await openRig();
    const program = rig.run(['echo seen; echo heard >&2', 'exit 3', 'echo never']);
    expect(await program.exitCode).toBe(3);
    expect(program.stdout()).toBe('seen\n');
    expect(program.stderr()).toBe('heard\n');
  });

  test('has its output as bytes too, unless it is to be forgotten', async () => {
    await using rig = await openRig();
    const kept = rig.run([`printf '\\377\\n'`]);
    await kept.exitCode;
    expect(kept.stdoutBytes()).toEqual(Buffer.from([0xff, 10]));
    const forgotten = rig.run(['echo large'], { forgetStdout: true });
    await forgotten.exitCode;
    expect(forgotten.stdout()).toBe('');
  });

  test('starts in the workspace, which has the files it was given', async () => {
    await using rig = await openRig({ 'a/b.txt': 'text', 'tool.sh': '#!/bin/sh\ncat a/b.txt\npwd' });
    const program = rig.run(['./tool.sh']);
    expect(await program.exitCode).toBe(0);
    expect(program.stdout()).toBe(`text${rig.workspace}\n`);
  });

  test('sees none of the environment of the tests but the PATH', async () => {
    await using rig = await openRig();
    const program = rig.run(['env'], { env: { EXTRA: 'yes' } });
    await program.exitCode;
    const names = program.stdout().match(/^\w+(?==)/gm) ?? [];
    expect(names.filter((name) => !['PWD', 'OLDPWD', '_', 'SHLVL'].includes(name)).sort()).toEqual([
      'EXTRA',
      'HOME',
      'PATH',
      'TMPDIR',
    ]);
  });

  test('gives its events as they come, without an unfinished line', async () => {
    await using rig = await openRig();
    const program = rig.run([`printf '{"seq":1}\\n{"seq":2}\\n{"se'`]);
    await program.exitCode;
    expect(program.events().map(({ seq }) => seq)).toEqual([1, 2]);
  });

  test('ended by a signal has 128 and its number as exit code', async () => {
    await using rig = await openRig();
    const program = rig.run(['puppet build']);
    await rig.puppet('build').nextInvocation();
    program.signal('SIGTERM');
    expect(await program.exitCode).toBe(143);
  });

  test.each(nodes)('runs on %s', async (label, node) => {
    await using rig = await openRig();
    const program = rig.run([`readlink /proc/$PPID/exe`], { node });
    await program.exitCode;
    expect(program.stdout()).toBe(`${realpathSync(node)}\n`);
    expect(label).toMatch(/^Node \d+$/);
  });

  test('runs on the Node that the environment names', () => {
    expect(defaultNode()).toBe(process.env['SAVEPOINT_TEST_NODE'] ?? process.execPath);
    expect(nodes.map(([label]) => label)).toContain('Node 24');
  });
});

describe('a puppet', () => {
  test('does what the test says and nothing else', async () => {
    await using rig = await openRig();
    const program = rig.run(['puppet build --fast', 'echo after']);
    const build = await rig.puppet('build').nextInvocation();
    expect(build.args).toEqual(['--fast']);
    expect(build.env['HOME']).toBeDefined();
    expect(build.cwd).toBe(rig.workspace);
    await build.print('one\n');
    await build.print('two\n', 'stderr');
    await build.writeFile('made.txt', 'content');
    expect(rig.read('made.txt')).toBe('content');
    build.exit(0);
    expect(await program.exitCode).toBe(0);
    expect(program.stdout()).toBe('one\nafter\n');
    expect(program.stderr()).toBe('two\n');
  });

  test('decides the exit code', async () => {
    await using rig = await openRig();
    const program = rig.run(['puppet build']);
    (await rig.puppet('build').nextInvocation()).exit(7);
    expect(await program.exitCode).toBe(7);
  });

  test('counts its starts, apart from those of other names', async () => {
    await using rig = await openRig();
    const program = rig.run(['puppet build', 'puppet build', 'puppet test']);
    for (const name of ['build', 'build', 'test']) (await rig.puppet(name).nextInvocation()).exit(0);
    await program.exitCode;
    expect(rig.puppet('build').count).toBe(2);
    expect(rig.puppet('test').count).toBe(1);
    expect(rig.puppet('deploy').count).toBe(0);
  });

  test('lives on when the program is killed hard, until someone ends it', async () => {
    await using rig = await openRig();
    const program = rig.run(['puppet build']);
    const build = await rig.puppet('build').nextInvocation();
    await program.killHard();
    expect(await program.exitCode).toBe(137);
    await build.writeFile('still-here', '');
    process.kill(build.pid, 'SIGTERM');
    await build.gone;
  });

  test('can ignore TERM', async () => {
    await using rig = await openRig();
    rig.run(['puppet build']);
    const build = await rig.puppet('build').nextInvocation();
    await build.ignoreSignal('SIGTERM');
    process.kill(build.pid, 'SIGTERM');
    await build.writeFile('still-here', '');
    expect(existsSync(join(rig.workspace, 'still-here'))).toBe(true);
  });

  test('that can no longer come is an error that shows what the program said', async () => {
    await using rig = await openRig();
    rig.run(['echo wrong >&2; exit 2']);
    await expect(rig.puppet('build').nextInvocation()).rejects.toThrow(/ended with 2:\s+wrong/);
  });
});

describe('the end of a rig', () => {
  test('does not wait for a puppet that has only just begun to connect', async () => {
    let closed: Promise<unknown>;
    {
      await using rig = await openRig();
      const socket = connect(join(rig.workspace, '../socket'));
      await once(socket, 'connect');
      closed = once(socket.resume(), 'close');
    }
    await closed;
  });

  test('leaves no process and no file behind', async () => {
    let pids: readonly number[];
    let workspace: string;
    {
      await using rig = await openRig();
      const program = rig.run(['puppet build']);
      pids = [program.pid, (await rig.puppet('build').nextInvocation()).pid];
      workspace = rig.workspace;
      expect(pids.map(isAlive)).toEqual([true, true]);
    }
    expect(pids.map(isAlive)).toEqual([false, false]);
    expect(existsSync(workspace)).toBe(false);
  });
});

test('a line of the trail is returned once', async () => {
  await using rig = await openRig();
  expect(rig.trail()).toEqual([]);
  await rig.run(['echo a >> trail.txt', 'echo b >> trail.txt']).exitCode;
  expect(rig.trail()).toEqual(['a', 'b']);
  expect(rig.trail()).toEqual([]);
});

test('files of the workspace come and go', async () => {
  await using rig = await openRig({ 'a/b': '' });
  expect(rig.has('a/b')).toBe(true);
  rig.remove('a');
  expect(rig.has('a/b')).toBe(false);
});

test('the state file, the journal and logs are read from the work directory', async () => {
  await using rig = await openRig({
    '.work/pipeline-state.json': '{"status":"failed","steps":{"a":{"status":"failed"},"a/b":{"status":"skipped"}}}',
    '.work/journal.jsonl': '{"seq":1}\n{"seq":2}\n{"torn',
    '.work/logs/group/build.log': 'output',
  });
  expect(rig.state().status).toBe('failed');
  expect(rig.statuses()).toEqual({ a: 'failed', 'a/b': 'skipped' });
  expect(rig.journal()).toEqual([{ seq: 1 }, { seq: 2 }]);
  expect(rig.log('group/build')).toBe('output');
});
