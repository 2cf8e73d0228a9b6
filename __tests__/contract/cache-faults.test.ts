import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FaultKind } from '../rig/github/faults.js';
import { type GitHubEmulator, startGitHub } from '../rig/github/start-github.js';
import { cacheCalls, type CacheCalls, callsOf, jobOn, VERSION } from './cache-calls.js';
import { post } from './post.js';
import { startToolkit, type Toolkit } from './toolkit.js';

let toolkit: Toolkit;
let cache: CacheCalls;
beforeAll(() => {
  toolkit = startToolkit();
  cache = cacheCalls(toolkit);
});
afterAll(() => toolkit.kill());

describe('a fault', () => {
  const withFault = async (kind: FaultKind): Promise<GitHubEmulator> => {
    const github = await startGitHub();
    github.fault({ on: 'both', kind });
    return github;
  };

  test('of too many uploads is told without a retry', async () => {
    await using github = await withFault('rate-limited');
    const saved = await cache.save(jobOn(github), 'k-1');
    expect(saved.value).toBe(-1);
    expect(saved.printed).toContain('will reset in 60 seconds');
    expect((await cache.restore(jobOn(github), ['k-1'])).value).toBeUndefined();
    expect(callsOf(github)).toEqual(['CreateCacheEntry', 'GetCacheEntryDownloadURL']);
  });

  test('of too many uploads comes by itself after 200 within a minute', async () => {
    await using github = await startGitHub();
    const env = jobOn(github);
    const create = (number: number) =>
      post(env, 'CacheService/CreateCacheEntry', { key: `k-${number}`, version: VERSION });
    const answers = await Promise.all(Array.from({ length: 200 }, (_, number) => create(number)));
    expect(answers.map(({ status }) => status)).toEqual(Array(200).fill(200));
    const { status, headers, body } = await create(200);
    expect([status, body['code']]).toEqual([429, 'resource_exhausted']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(50);
  });

  test('of the connection is told without a retry', async () => {
    await using github = await withFault('connection-loss');
    expect((await cache.save(jobOn(github), 'k-1')).value).toBe(-1);
    expect((await cache.restore(jobOn(github), ['k-1'])).value).toBeUndefined();
    expect(github.requests.map(({ call, status }) => [call, status])).toEqual([
      ['CreateCacheEntry', undefined],
      ['GetCacheEntryDownloadURL', undefined],
    ]);
  });

  test('of permission is a warning', async () => {
    await using github = await withFault('read-only');
    expect(await cache.save(jobOn(github), 'k-1')).toMatchObject({
      value: -1,
      printed: expect.stringMatching(/::warning::.*cache write denied: /) as string,
    });
    expect(await cache.restore(jobOn(github), ['k-1'])).toMatchObject({
      value: undefined,
      printed: expect.stringMatching(/::warning::.*cache read denied: /) as string,
    });
  });

  test.each([
    ['server-error', 500],
    ['html', 502],
    ['html-ok', 200],
  ] as const)('of the kind %s is retried for half a minute', async (kind, status) => {
    await using github = await withFault(kind);
    await using patient = startToolkit();
    const saving = cacheCalls(patient).save(jobOn(github), 'k-1');
    expect(await patient.untilPrinted(/Retrying/)).toContain('Attempt 1 of 5 failed');
    expect(github.requests).toMatchObject([{ call: 'CreateCacheEntry', status }]);
    await patient.kill();
    expect((await saving).value).toBeUndefined();
  });

  test('of silence lasts for who met it', async () => {
    await using github = await withFault('hang');
    await using patient = startToolkit();
    const saving = cacheCalls(patient).save(jobOn(github), 'k-1');
    await github.untilRequest(({ call }) => call === 'CreateCacheEntry');
    github.heal();
    expect((await cache.save(jobOn(github), 'k-1')).value).toBeGreaterThan(0);
    expect(github.requests[0]).toMatchObject({ call: 'CreateCacheEntry', status: undefined });
    await patient.kill();
    expect((await saving).value).toBeUndefined();
  });

  test.each([
    ['blob-error', 503],
    ['blob-hang', undefined],
  ] as const)('of the kind %s leaves a key reserved and never finished', async (kind, status) => {
    await using github = await withFault(kind);
    await using patient = startToolkit();
    const saving = cacheCalls(patient).save(jobOn(github), 'k-1');
    const upload = await github.untilRequest((one) => one.call === 'blob' && one.status === status);
    expect(upload).toMatchObject({ method: 'PUT', status });
    await patient.kill();
    await saving;
    github.heal();
    expect((await cache.save(jobOn(github), 'k-1')).value).toBe(-1);
    expect(await cache.lookUp(jobOn(github), 'k-1')).toBeUndefined();
  });

  test.each([
    ['blob-error', 503],
    ['blob-hang', 200],
  ] as const)('of the kind %s keeps a download waiting', async (kind, status) => {
    await using github = await startGitHub();
    await cache.save(jobOn(github), 'k-1');
    github.fault({ on: 'restore', kind });
    await using patient = startToolkit();
    const restoring = cacheCalls(patient).restore(jobOn(github), ['k-1']);
    const download = await github.untilRequest((one) => one.method === 'GET' && one.status !== undefined);
    expect(download.status).toBe(status);
    await patient.kill();
    expect((await restoring).value).toBeUndefined();
  });
});
