import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { legPrefix } from '../../../src/checkpoint/checkpoint-key.js';
import { errorOf, valueOf } from '../../machine/temp-folder.js';
import { startGitHub, type GitHubEmulator } from '../../rig/github/start-github.js';
import { aPart, newStoreRig, type StoreRig } from '../store-rig.js';

const job = (runId: string, attempt = 1): Readonly<Record<string, string>> => github.environment({ runId, attempt });

let github: GitHubEmulator;
let rig: StoreRig;

beforeAll(async () => {
  github = await startGitHub();
  rig = newStoreRig(job('1'));
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await github[Symbol.asyncDispose]();
});

const save = async (part: ReturnType<typeof aPart>, from = rig): Promise<void> => {
  from.put(part, { 'manifest.json': part.key });
  valueOf(await from.store.ask({ call: 'save', given: { key: part.key } }));
};

test('a part comes back as it was saved', async () => {
  const part = aPart({ leg: 'back' });
  rig.put(part, { 'manifest.json': '{}', '000001.tree': 'bytes' });
  valueOf(await rig.store.ask({ call: 'save', given: { key: part.key } }));
  await using other = newStoreRig(job('1', 2));
  const got = await other.store.ask({ call: 'download', given: { keys: [part.key] } });
  expect(valueOf(got)).toEqual({ missing: [] });
  expect(other.read(part, '000001.tree')).toBe('bytes');
  expect(other.read(part, 'manifest.json')).toBe('{}');
});

test('several parts are downloaded at once, and those that are gone are named', async () => {
  const parts = [1, 2, 3, 4, 5, 6].map((sequence) => aPart({ leg: 'many', sequence }));
  for (const part of parts) await save(part);
  await github.evict(aPart({ leg: 'many', sequence: 2 }).key);
  await using other = newStoreRig(job('1', 2));
  const got = await other.store.ask({ call: 'download', given: { keys: parts.map(({ key }) => key) } });
  expect(valueOf(got)).toEqual({ missing: [aPart({ leg: 'many', sequence: 2 }).key] });
  for (const part of parts.filter(({ sequence }) => sequence !== 2)) {
    expect(other.read(part, 'manifest.json')).toBe(part.key);
  }
});

test('the newest entry of a leg is found, and none where there is none', async () => {
  const [first, second] = [aPart({ leg: 'newest', sequence: 1 }), aPart({ leg: 'newest', sequence: 2 })];
  await save(first);
  await save(second);
  const prefix = legPrefix(first);
  expect(valueOf(await rig.store.ask({ call: 'find', given: { prefix } }))).toEqual({ key: second.key });
  const none = await rig.store.ask({ call: 'find', given: { prefix: legPrefix(aPart({ leg: 'none' })) } });
  expect(valueOf(none)).toEqual({});
});

test('an entry whose key only begins like the wanted one is not taken for it', async () => {
  await save(aPart({ leg: 'trap', nonce: 'n12' }));
  const wanted = aPart({ leg: 'trap', nonce: 'n1' }).key;
  expect(valueOf(await rig.store.ask({ call: 'download', given: { keys: [wanted] } }))).toEqual({ missing: [wanted] });
});

test('a save that is refused because the entry is there already counts', async () => {
  const part = aPart({ leg: 'twice' });
  await save(part);
  expect(await rig.store.ask({ call: 'save', given: { key: part.key } })).toEqual({ ok: true });
});

test('a name that is reserved and never filled is taken', async () => {
  const part = aPart({ leg: 'reserved' });
  rig.put(part, { 'manifest.json': '{}' });
  github.fault({ on: 'save', kind: 'blob-hang' });
  const reserved = github.untilRequest(({ method, path }) => method === 'PUT' && !path.includes('/twirp/'));
  const hanging = rig.store.ask({ call: 'save', given: { key: part.key }, deadlineMs: 1500 });
  await reserved;
  expect(errorOf(await hanging)).toMatchObject({ kind: 'unavailable' });
  github.heal();
  const trouble = errorOf(await rig.store.ask({ call: 'save', given: { key: part.key } }));
  expect(trouble).toEqual({ kind: 'taken', message: 'the cache service has something of that name' });
});

describe('trouble', () => {
  test('of a rate limit says how long to wait', async () => {
    github.fault({ on: 'both', kind: 'rate-limited' });
    rig.put(aPart(), { 'manifest.json': '{}' });
    const slow = {
      kind: 'slow-down',
      message: 'the cache service limits requests at the moment',
      retryAfterMs: 60_000,
    };
    expect(errorOf(await rig.store.ask({ call: 'save', given: { key: aPart().key } }))).toEqual(slow);
    expect(errorOf(await rig.store.ask({ call: 'find', given: { prefix: 'savepoint' } }))).toEqual(slow);
    github.heal();
  });

  test('of a token that may only read is told from others', async () => {
    await using reader = newStoreRig(github.environment({ runId: '1', attempt: 1, mode: 'read-only' }));
    reader.put(aPart(), { 'manifest.json': '{}' });
    const refused = await reader.store.ask({ call: 'save', given: { key: aPart().key } });
    expect(errorOf(refused)).toEqual({ kind: 'read-only', message: 'this run may only read the cache' });
    const got = await reader.store.ask({ call: 'find', given: { prefix: legPrefix(aPart({ leg: 'none' })) } });
    expect(valueOf(got)).toEqual({});
  });

  test('of a token that may not even read is not taken for an empty cache', async () => {
    github.fault({ on: 'restore', kind: 'read-only' });
    const refused = await rig.store.ask({ call: 'find', given: { prefix: 'savepoint' } });
    expect(errorOf(refused)).toEqual({ kind: 'off', message: 'this run may not read the cache' });
    github.heal();
  });

  test.each([
    ['blob-truncated', 'did not send everything'],
    ['corrupted', 'the entry is damaged, or tar cannot pack or unpack it here'],
  ] as const)('on the way down is not taken for a missing entry: %s', async (kind, message) => {
    const part = aPart({ leg: kind.replace('-', '.') });
    await save(part);
    github.fault({ on: 'restore', kind });
    const got = await rig.store.ask({ call: 'download', given: { keys: [part.key] }, deadlineMs: 20_000 });
    github.heal();
    expect(errorOf(got).kind).toBe('unavailable');
    expect(errorOf(got).message).toContain(message);
  });

  test.each([
    ['connection-loss', 'could not be reached (ECONNRESET)'],
    ['server-error', 'the cache service answered with HTTP status 500'],
    ['html', 'the cache service sent an answer that is not one of its own'],
    ['html-ok', 'the cache service sent an answer that is not one of its own'],
    ['hang', 'the cache service did not answer within 1.5s'],
  ] as const)('of the service is said in one line: %s', async (kind, message) => {
    valueOf(await rig.store.ask({ call: 'find', given: { prefix: 'nothing' } })); // The process runs.
    github.fault({ on: 'both', kind });
    const got = await rig.store.ask({ call: 'find', given: { prefix: 'savepoint' }, deadlineMs: 1500 });
    github.heal();
    expect(errorOf(got).kind).toBe('unavailable');
    expect(errorOf(got).message).toContain(message);
    expect(errorOf(got).message).not.toMatch(/\n|:\/\//);
  });
});
