import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EmulatorOptions, type GitHubEmulator, startGitHub } from '../rig/github/start-github.js';
import { blobKinds, type OpenBlobs } from './blob-stores.js';
import { cacheCalls, type CacheCalls, callsOf, jobOn } from './cache-calls.js';
import { startToolkit, type Toolkit } from './toolkit.js';

let toolkit: Toolkit;
let cache: CacheCalls;
beforeAll(() => {
  toolkit = startToolkit();
  cache = cacheCalls(toolkit);
});
afterAll(() => toolkit.kill());

describe.each(blobKinds())('the cache over $kind', ({ open }) => {
  let store: OpenBlobs;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());
  const start = (options: EmulatorOptions = {}): Promise<GitHubEmulator> =>
    startGitHub({ blobs: store.blobs, ...options });

  test('gives back what was saved', async () => {
    await using github = await start();
    expect((await cache.save(jobOn(github), 'k-1', 'first')).value).toBeGreaterThan(0);
    expect(await cache.restore(jobOn(github), ['k-1'])).toMatchObject({ value: 'k-1', content: 'first' });
    const [entry] = await github.entries();
    expect(entry).toMatchObject({ key: 'k-1', scope: 'refs/heads/main', sizeBytes: entry?.content.length });
  });

  test('is asked for a key without a download', async () => {
    await using github = await start();
    await cache.save(jobOn(github), 'k-1');
    expect(await cache.lookUp(jobOn(github), 'k-1')).toBe('k-1');
    expect(callsOf(github).slice(-2)).toEqual(['FinalizeCacheEntryUpload', 'GetCacheEntryDownloadURL']);
  });

  test('is downloaded in ranges through the SDK when it looks like Azure', async () => {
    await using github = await start({ likeAzure: true });
    const env = jobOn(github);
    await using preloaded = startToolkit(env);
    const content = randomBytes(4_300_000).toString('base64');
    await cacheCalls(preloaded).save(env, 'k-1', content);
    expect(await cacheCalls(preloaded).restore(env, ['k-1'])).toMatchObject({ value: 'k-1', content });
    const downloads = github.requests.filter(({ method, call }) => call === 'blob' && method === 'GET');
    expect(downloads.map(({ status, range }) => `${status ?? ''} ${range ?? ''}`)).toEqual([
      '206 bytes=0-4194303',
      expect.stringMatching(/^206 bytes=4194304-\d+$/),
    ]);
  });

  test.each(['blob-truncated', 'corrupted'] as const)(
    'an upload that is %s is noticed by the restore alone',
    async (kind) => {
      await using github = await start();
      github.fault({ on: 'save', kind });
      expect((await cache.save(jobOn(github), 'k-1')).value).toBeGreaterThan(0);
      expect(await cache.restore(jobOn(github), ['k-1'])).toMatchObject({
        value: undefined,
        printed: expect.stringMatching(/::warning::Failed to restore/) as string,
      });
    },
  );

  test.each(['blob-truncated', 'corrupted'] as const)(
    'a download that is %s is a miss with a warning',
    async (kind) => {
      await using github = await start();
      await cache.save(jobOn(github), 'k-1');
      github.fault({ on: 'restore', kind });
      const { value, printed } = await cache.restore(jobOn(github), ['k-1']);
      expect(value).toBeUndefined();
      expect(printed).toContain('::warning::Failed to restore: ');
      github.heal();
      expect((await cache.restore(jobOn(github), ['k-1'])).value).toBe('k-1');
    },
  );

  test('is damaged on request', async () => {
    await using github = await start();
    await cache.save(jobOn(github), 'k-1');
    await github.corrupt('k-1', 'flip');
    expect((await cache.restore(jobOn(github), ['k-1'])).value).toBeUndefined();
    await github.corrupt('k-1', 'flip');
    expect((await cache.restore(jobOn(github), ['k-1'])).value).toBe('k-1');
    await github.corrupt('k-1', 'lose');
    const { value, printed } = await cache.restore(jobOn(github), ['k-1']);
    expect(value).toBeUndefined();
    expect(printed).toContain('::warning::Failed to restore: ');
  });
});
