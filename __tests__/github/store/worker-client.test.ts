import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startWorker } from '../../../src/github/store/worker-client.js';
import { errorOf, newTempFolder, valueOf } from '../../machine/temp-folder.js';
import { until } from '../../machine/until.js';
import { isAlive } from '../../rig/is-alive.js';
import { startGitHub } from '../../rig/github/start-github.js';
import { FROM_SOURCE, NO_STORE, aPart, newStoreRig } from '../store-rig.js';

const PREFIX = 'savepoint-v1-';

test('no process is started before it is needed, nor for what cannot work', async () => {
  await using rig = newStoreRig(NO_STORE);
  expect(errorOf(await rig.store.find(PREFIX))).toEqual({ kind: 'off', message: 'this runner has no cache service' });
  expect(rig.groups).toEqual([]);
});

test('the process gets a folder of its own and nothing else of the job', async () => {
  await using github = await startGitHub();
  const given = github.environment({ runId: '1', attempt: 1 });
  const env = { ...given, NPM_TOKEN: 'secret', INPUT_RESUME: 'auto' };
  using probe = newTempFolder();
  const script = `process.on('message', ({ id }) => process.send({ kind: 'answer', id, result: { ok: true,
    value: { env: process.env, cwd: process.cwd() } } })); process.on('disconnect', () => process.exit());`;
  await using rig = newStoreRig(env, [process.execPath, probe.write('probe.js', script)]);
  const seen = valueOf(await rig.store.find(PREFIX)) as unknown as { env: Record<string, string>; cwd: string };
  expect(seen.cwd).toBe(rig.folder);
  expect(seen.env).toMatchObject({ GITHUB_WORKSPACE: rig.folder, RUNNER_TEMP: join(rig.folder, 'temp') });
  expect(seen.env).toMatchObject(given);
  expect(Object.keys(seen.env)).not.toEqual(expect.arrayContaining(['NPM_TOKEN']));
  expect(Object.keys(seen.env)).not.toEqual(expect.arrayContaining(['INPUT_RESUME']));
});

test('what must be masked is told before the answer', async () => {
  await using github = await startGitHub();
  await using rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
  rig.put(aPart(), { 'manifest.json': '{}' });
  valueOf(await rig.store.save({ key: aPart().key }));
  const [entry] = await github.entries();
  expect(entry?.key).toBe(aPart().key);
  expect(rig.masks.length).toBeGreaterThan(0);
  expect(rig.masks.every((mask) => mask.length > 10)).toBe(true);
});

test('past its deadline a call ends with the process, and the next one has a new process', async () => {
  await using github = await startGitHub();
  await using rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
  valueOf(await rig.store.find(PREFIX));
  github.fault({ on: 'both', kind: 'hang' });
  const concurrentSteps = rig.store.find(PREFIX);
  const late = await rig.store.find(PREFIX, 300);
  const message = 'the cache service did not answer within 0.3s';
  expect(errorOf(late)).toEqual({ kind: 'unavailable', isUnanswered: true, message });
  expect(errorOf(await concurrentSteps).message).toBe(
    'the worker process was ended, as another call to it got no answer',
  );
  github.heal();
  valueOf(await rig.store.find(PREFIX));
  const [first, second, third] = rig.groups;
  expect(third).toBeUndefined();
  expect(second?.pid).not.toBe(first?.pid);
  await until(() => !isAlive(first?.pid ?? 0));
});

test('what a process left behind as it was ended is gone when the next one starts', async () => {
  await using github = await startGitHub();
  await using rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
  valueOf(await rig.store.find(PREFIX));
  const left = join(rig.folder, 'temp', 'cache.tzst');
  writeFileSync(left, 'half an archive');
  process.kill(rig.groups[0]?.pid ?? 0, 'SIGKILL');
  await until(() => !isAlive(rig.groups[0]?.pid ?? 0));
  while (rig.groups.length < 2) await rig.store.find(PREFIX);
  expect(existsSync(left)).toBe(false);
});

test('a closed store leaves no process and takes no more calls', async () => {
  await using github = await startGitHub();
  await using rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
  valueOf(await rig.store.find(PREFIX));
  github.fault({ on: 'both', kind: 'hang' });
  const open = rig.store.find(PREFIX);
  await rig.client.close();
  const closed = { kind: 'unavailable', message: 'the store was closed' };
  expect(errorOf(await open)).toEqual({ ...closed, isUnanswered: true });
  expect(isAlive(rig.groups[0]?.pid ?? 0)).toBe(false);
  expect(errorOf(await rig.store.find(PREFIX))).toEqual(closed);
  expect(rig.groups).toHaveLength(1);
});

test('a worker process that cannot be started, or a folder that cannot be made, is trouble and no crash', async () => {
  await using github = await startGitHub();
  const env = github.environment({ runId: '1', attempt: 1 });
  await using rig = newStoreRig(env, ['/nowhere/node', 'store.js']);
  expect(errorOf(await rig.store.find(PREFIX)).message).toContain('cannot start "/nowhere/node"');
  using temp = newTempFolder();
  const folder = join(temp.write('a-file'), 'store');
  const { store } = startWorker({ program: FROM_SOURCE, folder, env, onMask: () => {}, onStarted: () => {} });
  expect(errorOf(await store.find(PREFIX)).message).toContain('cannot use the folder');
});

test('the process ends when the one that started it is killed, with what it has started', async () => {
  await using github = await startGitHub();
  using temp = newTempFolder();
  const script = temp.write(
    'starter.mjs',
    `import { startWorker } from ${JSON.stringify(new URL('../../../src/github/store/worker-client.ts', import.meta.url).href)};
     const { store } = startWorker({ program: ${JSON.stringify(FROM_SOURCE)}, folder: ${JSON.stringify(temp.at('store'))},
       env: process.env, onMask: () => {}, onStarted: ({ pid }) => console.log(pid) });
     await store.find('a');`,
  );
  github.fault({ on: 'both', kind: 'hang' });
  const [node = '', ...args] = FROM_SOURCE.slice(0, -1);
  const starter = spawn(node, [...args, script], {
    env: { PATH: process.env['PATH'], ...github.environment({ runId: '1', attempt: 1 }) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = Number(await new Promise<Buffer>((resolve) => starter.stdout.once('data', resolve)));
  await github.untilRequest(() => true);
  expect(isAlive(pid)).toBe(true);
  starter.kill('SIGKILL');
  await until(() => !isAlive(pid));
});
