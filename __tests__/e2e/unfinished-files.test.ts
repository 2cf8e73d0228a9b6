import { execFileSync } from 'node:child_process';
import { utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newRig, type Rig } from '../rig/rig.js';

const pipeline = `
steps:
  - { id: build, writes: [out/**, tracked.txt], run: puppet build }
`;

const HOUR_S = 3600;

/** Makes a file an hour older than it is. */
const age = (rig: Rig, path: string): void => {
  const past = Date.now() / 1000 - HOUR_S;
  utimesSync(join(rig.workspace, path), past, past);
};

/** Runs the step until it has half-written some files, then kills Savepoint and the step. */
const killWhileWriting = async (rig: Rig): Promise<void> => {
  const run = rig.run();
  const build = await rig.puppet('build').nextInvocation();
  await build.writeFile('out/half.txt', 'half');
  await build.writeFile('out/deep/half.txt', 'half');
  await build.writeFile('tracked.txt', 'changed');
  await build.writeFile('other.txt', 'not declared');
  await run.killHard();
};

const rigWithOlderFiles = async (): Promise<Rig> => {
  const rig = await newRig({
    'savepoint.yml': pipeline,
    'out/older.txt': 'older',
    'out/deep/older.txt': 'older',
    'tracked.txt': 'tracked',
  });
  ['out/older.txt', 'out/deep/older.txt', 'tracked.txt'].forEach((path) => age(rig, path));
  return rig;
};

test('what an interrupted step wrote is removed before it runs again, and nothing older', async () => {
  await using rig = await rigWithOlderFiles();
  await killWhileWriting(rig);
  const resumed = rig.resume();
  const again = await rig.puppet('build').nextInvocation();
  expect(['out/half.txt', 'out/deep/half.txt', 'tracked.txt'].filter(rig.has)).toEqual([]);
  expect(['out/older.txt', 'out/deep/older.txt', 'other.txt'].filter((path) => !rig.has(path))).toEqual([]);
  again.exit(0);
  expect(await resumed.exitCode).toBe(0);
});

test('files that git tracks stay', async () => {
  await using rig = await rigWithOlderFiles();
  for (const args of [
    ['init', '-q'],
    ['add', 'tracked.txt', 'out/older.txt'],
  ]) {
    execFileSync('git', args, { cwd: rig.workspace });
  }
  await killWhileWriting(rig);
  const resumed = rig.resume();
  const again = await rig.puppet('build').nextInvocation();
  expect(rig.has('out/half.txt')).toBe(false);
  expect(rig.read('tracked.txt')).toBe('changed');
  again.exit(0);
  expect(await resumed.exitCode).toBe(0);
});

test('what a step wrote that failed by itself stays', async () => {
  await using rig = await newRig({ 'savepoint.yml': pipeline, 'out/older.txt': '' });
  const run = rig.run();
  const build = await rig.puppet('build').nextInvocation();
  await build.writeFile('out/report.txt', 'why it failed');
  build.exit(1);
  expect(await run.exitCode).toBe(1);
  const resumed = rig.resume();
  const again = await rig.puppet('build').nextInvocation();
  expect(rig.read('out/report.txt')).toBe('why it failed');
  await again.writeFile('tracked.txt', '');
  again.exit(0);
  expect(await resumed.exitCode).toBe(0);
});

test('what a step wrote that was stopped by a signal is removed', async () => {
  await using rig = await newRig({ 'savepoint.yml': pipeline, 'out/keep': '' });
  age(rig, 'out/keep');
  const run = rig.run();
  const build = await rig.puppet('build').nextInvocation();
  await build.writeFile('out/half.txt', 'half');
  run.signal('SIGINT');
  expect(await run.exitCode).toBe(130);
  const resumed = rig.resume();
  const again = await rig.puppet('build').nextInvocation();
  expect(rig.has('out/half.txt')).toBe(false);
  expect(rig.has('out/keep')).toBe(true);
  again.exit(0);
  expect(await resumed.exitCode).toBe(0);
});

test('what an interrupted step wrote is removed also when an attempt in between did not come to it', async () => {
  const pipelineWith = (first: string): string => `
steps:
  - { id: first, run: ${first} }
  - { id: build, writes: out/**, run: puppet build }
`;
  await using rig = await newRig({ 'savepoint.yml': pipelineWith('echo') });
  const run = rig.run();
  await rig.puppet('build').nextInvocation();
  rig.write('out/half.txt', 'half');
  await run.killHard();
  rig.write('savepoint.yml', pipelineWith('test -e fixed'));
  expect(await rig.resume().exitCode).toBe(1);
  rig.write('fixed', '');
  const resumed = rig.resume();
  const again = await rig.puppet('build').nextInvocation();
  expect(rig.has('out/half.txt')).toBe(false);
  rig.write('out/whole.txt', '');
  again.exit(0);
  expect(await resumed.exitCode).toBe(0);
});
