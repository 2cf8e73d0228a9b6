import { readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/base/hash.js';
import { acquireLock, describeLockProblem } from '../../../src/machine/workdir/lock.js';
import { ownIdentity, type ProcessIdentity } from '../../../src/machine/process/process-identity.js';
import { startSource } from '../source-child.js';
import { errorOf, newTempFolder, valueOf, type TempFolder } from '../temp-folder.js';

const recordOf = (identity: Partial<ProcessIdentity>, startedAt = '2026-01-02T03:04:05.678Z'): string =>
  `${JSON.stringify({ v: 1, ...ownIdentity(), ...identity, started_at: startedAt })}\n`;

/** The id of this process, as if an earlier process had had it: this is what pid reuse looks like. */
const DEAD: Partial<ProcessIdentity> = { process_start: '1.00000000' };

const lockFile = (temp: TempFolder, text?: string): string =>
  text === undefined ? temp.at('lock.json') : temp.write('lock.json', text);

const successorOf = (text: string): string => `lock.json.after-${sha256(text).slice(0, 16)}`;

describe('a lock', () => {
  test('is held by one at a time, and free again after its release', () => {
    using temp = newTempFolder();
    const lock = valueOf(acquireLock(lockFile(temp)));
    expect(errorOf(acquireLock(lockFile(temp)))).toMatchObject({ kind: 'held', pid: process.pid });
    lock.release();
    expect(readdirSync(temp.path)).toEqual([]);
    valueOf(acquireLock(lockFile(temp))).release();
  });

  test('says who holds it and since when', () => {
    using temp = newTempFolder();
    const problem = errorOf(acquireLock(lockFile(temp, recordOf({}))));
    expect(describeLockProblem(problem)).toBe(
      `another run uses this work directory: process ${process.pid}, since 2026-01-02T03:04:05.678Z; wait for it or end it`,
    );
  });

  test('that another process took meanwhile is left alone by a release', () => {
    using temp = newTempFolder();
    const lock = valueOf(acquireLock(lockFile(temp)));
    writeFileSync(lockFile(temp), 'of somebody else');
    lock.release();
    expect(temp.read('lock.json')).toBe('of somebody else');
  });

  test('in a folder that is not there cannot be made', () => {
    using temp = newTempFolder();
    expect(errorOf(acquireLock(temp.at('missing/lock.json')))).toMatchObject({ kind: 'unusable' });
  });
});

describe('a lock left behind', () => {
  test('is taken over from a process that was killed', async () => {
    using temp = newTempFolder();
    const holder = startSource(`
      import { acquireLock } from 'src/machine/workdir/lock.js';
      console.log(acquireLock(${JSON.stringify(lockFile(temp))}).ok);
      setInterval(() => {}, 1000);`);
    expect(await holder.nextLine()).toBe('true');
    expect(errorOf(acquireLock(lockFile(temp)))).toMatchObject({ kind: 'held', pid: holder.child.pid });
    holder.child.kill('SIGKILL');
    await holder.output;
    valueOf(acquireLock(lockFile(temp)));
    expect(readdirSync(temp.path)).toEqual(['lock.json']);
    expect(temp.read('lock.json')).toContain(`"pid":${process.pid},`);
  });

  test('is taken over when its process id belongs to another process now', () => {
    using temp = newTempFolder();
    valueOf(acquireLock(lockFile(temp, recordOf(DEAD))));
  });

  test('is taken over after a reboot', () => {
    using temp = newTempFolder();
    valueOf(acquireLock(lockFile(temp, recordOf({ boot_id: 'an earlier boot' }))));
  });

  test('is taken over when a power cut emptied it', () => {
    using temp = newTempFolder();
    valueOf(acquireLock(lockFile(temp, '')));
    valueOf(acquireLock(temp.write('other.json', '\0\0\0\0')));
  });

  test('is taken over when an earlier take-over was killed half-way, and nothing of it stays', () => {
    using temp = newTempFolder();
    const [first, second] = [recordOf(DEAD, 'first'), recordOf(DEAD, 'second')];
    lockFile(temp, first);
    temp.write(successorOf(first), second);
    valueOf(acquireLock(lockFile(temp)));
    expect(readdirSync(temp.path)).toEqual(['lock.json']);
    expect(errorOf(acquireLock(lockFile(temp)))).toMatchObject({ kind: 'held' });
  });

  test('is not taken over while a living process takes it over', () => {
    using temp = newTempFolder();
    const dead = recordOf(DEAD);
    temp.write(successorOf(dead), recordOf({}, 'just now'));
    expect(errorOf(acquireLock(lockFile(temp, dead)))).toMatchObject({ kind: 'held', since: 'just now' });
    expect(temp.read('lock.json')).toBe(dead);
  });

  test('is never taken over from another machine or container, and the error says the way out', () => {
    using temp = newTempFolder();
    for (const identity of [
      { ...DEAD, host: 'build-7' },
      { ...DEAD, pid_namespace: 'pid:[1]' },
    ]) {
      const problem = errorOf(acquireLock(lockFile(temp, recordOf(identity))));
      expect(problem).toMatchObject({
        kind: 'held-elsewhere',
        host: 'host' in identity ? 'build-7' : ownIdentity().host,
      });
      expect(describeLockProblem(problem)).toContain(`remove ${lockFile(temp)}`);
    }
  });

  test('that is not a lock of Savepoint is refused', () => {
    using temp = newTempFolder();
    for (const text of ['{"v":2,"pid":1}', 'not JSON', '[]', '{"v":1,"pid":"1"}']) {
      expect(errorOf(acquireLock(lockFile(temp, text)))).toEqual({ kind: 'unreadable', file: lockFile(temp) });
      expect(temp.read('lock.json')).toBe(text);
    }
  });
});

test('of twenty processes that race for a lock left behind exactly one gets it', async () => {
  using temp = newTempFolder();
  lockFile(temp, recordOf(DEAD));
  const racers = Array.from({ length: 20 }, () =>
    startSource(`
      import { acquireLock } from 'src/machine/workdir/lock.js';
      console.log('ready');
      process.stdin.once('data', () => {
        console.log(acquireLock(${JSON.stringify(lockFile(temp))}).ok ? 'won' : 'lost');
        process.stdin.once('data', () => process.exit());
      });`),
  );
  await Promise.all(racers.map((racer) => racer.nextLine()));
  for (const racer of racers) racer.tell('go');
  const results = await Promise.all(racers.map((racer) => racer.nextLine()));
  for (const racer of racers) racer.tell('end');
  await Promise.all(racers.map((racer) => racer.output));
  expect(results.filter((result) => result === 'won')).toEqual(['won']);
  expect(readdirSync(temp.path)).toEqual(['lock.json']);
});
