import { describe, expect, test } from 'vitest';
import { newRig } from '../rig/rig.js';

const LOCK = '.work/lock.json';

describe('while a run is in progress', () => {
  test.each([['run'], ['resume']])('%s in the same work directory is refused, naming the process', async (command) => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: puppet a }]' });
    const first = rig.run();
    const a = await rig.puppet('a').nextInvocation();
    const journal = rig.read('.work/journal.jsonl');
    const second = rig.cli([command]);
    expect(await second.exitCode).toBe(2);
    expect(second.stderr()).toContain(`another run uses this work directory: process ${String(first.pid)}`);
    expect(rig.read('.work/journal.jsonl')).toBe(journal);
    a.exit(0);
    expect(await first.exitCode).toBe(0);
    expect(rig.puppet('a').count).toBe(1);
    expect(rig.has(LOCK)).toBe(false);
  });

  test('another one in another work directory is fine', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: puppet a }]' });
    const runs = [rig.run(), rig.run(['--work-dir', 'other'])];
    const both = [await rig.puppet('a').nextInvocation(), await rig.puppet('a').nextInvocation()];
    both.forEach((one) => one.exit(0));
    expect(await Promise.all(runs.map(({ exitCode }) => exitCode))).toEqual([0, 0]);
  });

  test('of many that start at once no two run at the same time', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ run: mkdir inside; sleep 0.2; rmdir inside }]' });
    const runs = Array.from({ length: 5 }, () => rig.run());
    const codes = await Promise.all(runs.map(({ exitCode }) => exitCode));
    expect(codes).toContain(0);
    expect(codes.filter((code) => code !== 0 && code !== 2)).toEqual([]);
  });
});

describe('a lock that is left over', () => {
  test('from a killed run is taken over', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: puppet a }]' });
    const first = rig.run();
    await rig.puppet('a').nextInvocation();
    await first.killHard();
    expect(rig.has(LOCK)).toBe(true);
    const resumed = rig.resume();
    (await rig.puppet('a').nextInvocation()).exit(0);
    expect(await resumed.exitCode).toBe(0);
  });

  test('is taken over although its pid is that of another process now', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: puppet a }]' });
    const first = rig.run();
    await rig.puppet('a').nextInvocation();
    await first.killHard();
    const lock = JSON.parse(rig.read(LOCK)) as object;
    rig.write(LOCK, JSON.stringify({ ...lock, pid: process.pid }));
    const resumed = rig.resume();
    (await rig.puppet('a').nextInvocation()).exit(0);
    expect(await resumed.exitCode).toBe(0);
  });

  test('from a machine that cannot be seen from here is not, and the way out is said', async () => {
    await using rig = await newRig({ 'savepoint.yml': 'steps: [{ id: a, run: puppet a }]' });
    const first = rig.run();
    await rig.puppet('a').nextInvocation();
    await first.killHard();
    const lock = JSON.parse(rig.read(LOCK)) as object;
    rig.write(LOCK, JSON.stringify({ ...lock, host: 'elsewhere' }));
    const resumed = rig.resume();
    expect(await resumed.exitCode).toBe(2);
    expect(resumed.stderr()).toContain(LOCK);
    expect(resumed.stderr()).toContain('"elsewhere"');
  });
});
