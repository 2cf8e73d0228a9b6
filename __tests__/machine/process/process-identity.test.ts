import { describe, expect, test } from 'vitest';
import {
  ownIdentity,
  parseIdentity,
  standingOf,
  type ProcessIdentity,
} from '../../../src/machine/process/process-identity.js';
import { newProcessRig } from '../process-rig.js';
import { startSource } from '../source-child.js';

const standing = (changed: Partial<ProcessIdentity>): string =>
  standingOf({ ...ownIdentity(), ...changed }, ownIdentity());

describe('the identity of this process', () => {
  test('stays the same and says that it lives', () => {
    expect(ownIdentity()).toEqual(ownIdentity());
    expect(ownIdentity()).toMatchObject({ pid: process.pid });
    expect(standing({})).toBe('alive');
  });

  test('differs from that of another one in process and start, and in nothing else', async () => {
    const other = startSource(`
      import { ownIdentity } from 'src/machine/process/process-identity.js';
      console.log(JSON.stringify({ v: 1, ...ownIdentity() }));`);
    const { pid, process_start, ...place } = parseIdentity(await other.output) ?? { pid: 0, process_start: '' };
    const own = ownIdentity();
    expect(pid).toBe(other.child.pid);
    expect(process_start).not.toBe(own.process_start);
    expect(place).toEqual({ v: 1, boot_id: own.boot_id, pid_namespace: own.pid_namespace, host: own.host });
  });

  test.runIf(process.platform === 'linux')('holds everything that Linux tells', () => {
    const { process_start, boot_id, pid_namespace, host } = ownIdentity();
    expect([process_start, boot_id, host]).not.toContain('');
    expect(boot_id).toBe(boot_id.trim());
    expect(pid_namespace).toMatch(/^pid:\[\d+\]$/);
  });
});

describe('the standing of a process', () => {
  test('is alive until it ends, and then gone', async () => {
    using rig = newProcessRig();
    const child = rig.bash('exec sleep 600');
    const identity = { ...ownIdentity(), pid: child.pid, process_start: child.processStart };
    expect(standingOf(identity, ownIdentity())).toBe('alive');
    child.stop(0);
    await child.ended;
    expect(standingOf(identity, ownIdentity())).toBe('gone');
  });

  test('is gone when its id belongs to another process now', () => {
    expect(standing({ process_start: '1.00000000' })).toBe('gone');
  });

  test('is gone after a reboot, even where a process has its id and start again', () => {
    expect(standing({ boot_id: 'an earlier boot' })).toBe('gone');
    expect(standing({ boot_id: 'an earlier boot', pid_namespace: 'pid:[1]' })).toBe('gone');
  });

  test.each<[string, Partial<ProcessIdentity>]>([
    ['on another machine', { host: 'build-7' }],
    ['on another machine, whose boot says nothing here', { host: 'build-7', boot_id: 'another boot' }],
    ['in another container', { pid_namespace: 'pid:[1]' }],
    ['in another container, where its start says nothing', { pid_namespace: 'pid:[1]', process_start: '1.00000000' }],
    ['without a start', { process_start: '' }],
  ])('is unknown %s', (_where, changed) => {
    expect(standing(changed)).toBe('unknown');
  });
});

describe('an identity in a file', () => {
  const record = { v: 1, ...ownIdentity(), started_at: 'now', more: [1] };

  test('is read with what else the file holds', () => {
    expect(parseIdentity(`${JSON.stringify(record)}\n`)).toEqual(record);
  });

  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['another version', { v: 2 }],
    ['no version', { v: undefined }],
    ['a process that is text', { pid: '1' }],
    ['a process that is no whole number', { pid: 1.5 }],
    ['no start', { process_start: undefined }],
    ['a boot that is no text', { boot_id: 1 }],
    ['a namespace that is no text', { pid_namespace: null }],
    ['no host', { host: undefined }],
  ])('is none with %s', (_what, changed) => {
    expect(parseIdentity(JSON.stringify({ ...record, ...changed }))).toBeUndefined();
  });

  test.each(['', '{"v":1', 'null', '1', '[]', '"text"'])('is none in the text %j', (text) => {
    expect(parseIdentity(text)).toBeUndefined();
  });
});
