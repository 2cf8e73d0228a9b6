import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { legPrefix } from '../../../src/checkpoint/checkpoint-key.js';
import { errorOf, valueOf } from '../../machine/temp-folder.js';
import { startGitHub, type GitHubEmulator } from '../../rig/github/start-github.js';
import { aPart, newStoreRig, type StoreRig } from '../store-rig.js';

let github: GitHubEmulator;
let rig: StoreRig;

beforeAll(async () => {
  github = await startGitHub();
  rig = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
  await github[Symbol.asyncDispose]();
});

const save = async (part: ReturnType<typeof aPart>): Promise<void> => {
  rig.put(part, { 'manifest.json': part.key });
  valueOf(await rig.store.save({ key: part.key }));
};

test('a name that is reserved and never filled is taken', async () => {
  const part = aPart({ leg: 'reserved' });
  await using first = newStoreRig(github.environment({ runId: '1', attempt: 1 }));
  first.put(part, { 'manifest.json': '{}' });
  github.fault({ on: 'save', kind: 'blob-hang' });
  const reserved = github.untilRequest(({ method, path }) => method === 'PUT' && !path.includes('/twirp/'));
  const hanging = first.store.save({ key: part.key });
  await reserved;
  await first.client.close();
  expect(errorOf(await hanging)).toMatchObject({ kind: 'unavailable' });
  github.heal();
  rig.put(part, { 'manifest.json': '{}' });
  const trouble = errorOf(await rig.store.save({ key: part.key }));
  expect(trouble).toEqual({ kind: 'taken', message: 'the cache service already has an entry of that name' });
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
    expect(errorOf(await rig.store.save({ key: aPart().key }))).toEqual(slow);
    expect(errorOf(await rig.store.find('savepoint'))).toEqual(slow);
    github.heal();
  });

  test('of a token that may only read is told from others', async () => {
    await using reader = newStoreRig(github.environment({ runId: '1', attempt: 1, mode: 'read-only' }));
    reader.put(aPart(), { 'manifest.json': '{}' });
    const refused = await reader.store.save({ key: aPart().key });
    expect(errorOf(refused)).toEqual({ kind: 'read-only', message: 'this run may only read the cache' });
    const got = await reader.store.find(legPrefix(aPart({ leg: 'none' })));
    expect(valueOf(got)).toBeUndefined();
  });

  test('of a token that may not even read is not taken for an empty cache', async () => {
    github.fault({ on: 'restore', kind: 'read-only' });
    const refused = await rig.store.find('savepoint');
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
    const got = await rig.store.download({ keys: [part.key] }, 20_000);
    github.heal();
    expect(errorOf(got).kind).toBe('unavailable');
    expect(errorOf(got).message).toContain(message);
  });

  test.each([
    ['connection-loss', 'could not be reached (ECONNRESET)'],
    ['server-error', 'the cache service answered with HTTP status 500'],
    ['html', 'the cache service sent an answer that is not JSON'],
    ['html-ok', 'the cache service sent an answer that is not JSON'],
    ['hang', 'the cache service did not answer within 1.5s'],
  ] as const)('of the service is said in one line: %s', async (kind, message) => {
    valueOf(await rig.store.find('nothing')); // The process runs.
    github.fault({ on: 'both', kind });
    const got = await rig.store.find('savepoint', 1500);
    github.heal();
    expect(errorOf(got).kind).toBe('unavailable');
    expect(errorOf(got).message).toContain(message);
    expect(errorOf(got).message).not.toMatch(/\n|:\/\//);
  });
});
