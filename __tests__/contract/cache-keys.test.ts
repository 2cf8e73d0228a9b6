import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newTempFolder } from '../machine/temp-folder.js';
import { startGitHub } from '../rig/github/start-github.js';
import { cacheCalls, type CacheCalls, jobOn, VERSION } from './cache-calls.js';
import { post } from './post.js';
import { startToolkit, type Toolkit } from './toolkit.js';

let toolkit: Toolkit;
let cache: CacheCalls;
beforeAll(() => {
  toolkit = startToolkit();
  cache = cacheCalls(toolkit);
});
afterAll(() => toolkit.kill());

describe('a key', () => {
  test('is saved once; who comes second cannot tell why it was not', async () => {
    await using github = await startGitHub();
    await cache.save(jobOn(github), 'k-1', 'first');
    const { value, printed } = await cache.save(jobOn(github), 'k-1', 'second');
    expect(value).toBe(-1);
    expect(printed).toContain('another job may be creating this cache');
    expect(printed).not.toContain('::warning');
    expect((await cache.restore(jobOn(github), ['k-1'])).content).toBe('first');
    expect(github.requests.find(({ status }) => status === 409)?.call).toBe('CreateCacheEntry');
  });

  test('that a crashed writer reserved is taken and yet not there', async () => {
    await using github = await startGitHub();
    const env = jobOn(github);
    const { body } = await post(env, 'CacheService/CreateCacheEntry', { key: 'k-1', version: VERSION });
    expect(body).toMatchObject({ ok: true });
    expect(await post(env, 'CacheService/CreateCacheEntry', { key: 'k-1', version: VERSION })).toMatchObject({
      status: 409,
    });
    const found = await post(env, 'CacheService/GetCacheEntryDownloadURL', { key: 'k-1', version: VERSION });
    expect(found).toMatchObject({ status: 200, body: { ok: false } });
    expect(await github.entries()).toEqual([]);
  });

  test('matches by prefix, also where only one key is asked for', async () => {
    await using github = await startGitHub();
    await cache.save(jobOn(github), 'k-12');
    await cache.save(jobOn(github), 'other-k-1');
    expect(await cache.lookUp(jobOn(github), 'k-1')).toBe('k-12');
    expect(await cache.lookUp(jobOn(github), 'k-2')).toBeUndefined();
  });

  test('finds its exact entry first, else the newest of those that begin so', async () => {
    await using github = await startGitHub();
    for (const key of ['k-1', 'k-10', 'k-11']) await cache.save(jobOn(github), key);
    expect(await cache.lookUp(jobOn(github), 'k-1')).toBe('k-1');
    expect(await cache.lookUp(jobOn(github), 'k-')).toBe('k-11');
  });

  test('comes before restore keys, which come in their order', async () => {
    await using github = await startGitHub();
    for (const key of ['a-1', 'b-1', 'c-1']) await cache.save(jobOn(github), key);
    expect((await cache.restore(jobOn(github), ['a-', 'c-'])).value).toBe('a-1');
    expect((await cache.restore(jobOn(github), ['x-', 'b-', 'c-'])).value).toBe('b-1');
  });

  test('is missed by another spelling of the path', async () => {
    await using github = await startGitHub();
    await cache.save(jobOn(github), 'k-1');
    using folder = newTempFolder();
    const args: [string[], string] = [['./checkpoint'], 'k-1'];
    const { value } = await toolkit.call({ call: 'restoreCache', args, folder: folder.path, env: jobOn(github) });
    expect(value).toBeUndefined();
  });

  test('is gone after an eviction, and free again', async () => {
    await using github = await startGitHub();
    for (const key of ['a-1', 'a-2', 'b-1']) await cache.save(jobOn(github), key);
    expect(await github.evict('a-')).toBe(2);
    expect(await cache.lookUp(jobOn(github), 'a-')).toBeUndefined();
    expect((await github.entries()).map(({ key }) => key)).toEqual(['b-1']);
    expect((await cache.save(jobOn(github), 'a-1')).value).toBeGreaterThan(0);
  });

  test.each([
    ['is too long', ['checkpoint'], 'k'.repeat(513)],
    ['has a comma', ['checkpoint'], 'a,b'],
    ['has no paths', [], 'k-1'],
  ])('that %s is refused before any request', async (_what, paths, key) => {
    await using github = await startGitHub();
    using folder = newTempFolder();
    const base = { folder: folder.path, env: jobOn(github) };
    const saved = await toolkit.call({ ...base, call: 'saveCache', args: [paths, key] });
    const restored = await toolkit.call({ ...base, call: 'restoreCache', args: [paths, key] });
    expect([saved.error, restored.error]).toEqual(Array(2).fill(expect.stringMatching(/^ValidationError: /)));
    expect(github.requests).toEqual([]);
  });

  test('whose path matches nothing is refused before any request', async () => {
    await using github = await startGitHub();
    using folder = newTempFolder();
    const base = { folder: folder.path, env: jobOn(github) };
    const { error } = await toolkit.call({ ...base, call: 'saveCache', args: [['checkpoint'], 'k-1'] });
    expect(error).toMatch(/^Error: Path Validation Error/);
    expect(github.requests).toEqual([]);
  });
});

describe('a scope', () => {
  const MAIN = 'refs/heads/main';
  const PULL = 'refs/pull/3/merge';

  test('is the ref of the job, and the default branch for reading', async () => {
    await using github = await startGitHub();
    await cache.save(jobOn(github, MAIN), 'main-1');
    await cache.save(jobOn(github, 'refs/heads/a'), 'a-1');
    const keysSeenBy = (ref: string): Promise<readonly (string | undefined)[]> =>
      Promise.all([cache.lookUp(jobOn(github, ref), 'main-')]).then(async (seen) => [
        ...seen,
        await cache.lookUp(jobOn(github, ref), 'a-'),
      ]);
    expect(await keysSeenBy(MAIN)).toEqual(['main-1', undefined]);
    expect(await keysSeenBy('refs/heads/a')).toEqual(['main-1', 'a-1']);
    expect(await keysSeenBy('refs/heads/b')).toEqual(['main-1', undefined]);
    expect(await keysSeenBy('refs/tags/v1')).toEqual(['main-1', undefined]);
  });

  test('of a pull request has its base too, and is searched first', async () => {
    await using github = await startGitHub();
    const pull = github.environment({ runId: '7', attempt: 1, ref: PULL, baseRef: 'refs/heads/next' });
    await cache.save(jobOn(github, 'refs/heads/next'), 'k-2', 'of the base');
    expect((await cache.restore(pull, ['k-'])).content).toBe('of the base');
    await cache.save(pull, 'k-1', 'of the pull request');
    await cache.save(jobOn(github, 'refs/heads/next'), 'k-3', 'newer, of the base');
    expect((await cache.restore(pull, ['k-'])).content).toBe('of the pull request');
    expect((await github.entries()).map(({ scope }) => scope)).toEqual(['refs/heads/next', PULL, 'refs/heads/next']);
  });

  test('may have a key that another has', async () => {
    await using github = await startGitHub();
    await cache.save(jobOn(github, MAIN), 'k-1', 'of main');
    expect((await cache.save(jobOn(github, 'refs/heads/a'), 'k-1', 'of a')).value).toBeGreaterThan(0);
    expect((await cache.restore(jobOn(github, 'refs/heads/a'), ['k-1'])).content).toBe('of a');
  });
});

describe('a token', () => {
  test('that may only read saves nothing, with one warning, and restores', async () => {
    await using github = await startGitHub();
    await cache.save(jobOn(github), 'k-1');
    const reader = github.environment({ runId: '7', attempt: 1, mode: 'read-only' });
    const { value, printed } = await cache.save(reader, 'k-2');
    expect(value).toBe(-1);
    expect(printed.match(/::warning::.*/g)).toEqual([expect.stringContaining('More details: cache write denied: ')]);
    expect((await cache.restore(reader, ['k-1'])).value).toBe('k-1');
  });

  test('that may do nothing restores nothing, with a warning', async () => {
    await using github = await startGitHub();
    const stranger = github.environment({ runId: '7', attempt: 1, mode: 'none' });
    const { value, printed } = await cache.restore(stranger, ['k-1']);
    expect(value).toBeUndefined();
    expect(printed).toContain('cache read denied: ');
  });

  test('that is missing makes a save throw and a restore miss', async () => {
    await using github = await startGitHub();
    const { ACTIONS_RUNTIME_TOKEN: _token, ...env } = jobOn(github);
    expect((await cache.save(env, 'k-1')).error).toMatch(/^Error: .*ACTIONS_RUNTIME_TOKEN/);
    expect(await cache.restore(env, ['k-1'])).toMatchObject({
      value: undefined,
      printed: expect.stringMatching(/::warning::/) as string,
    });
    expect(github.requests).toEqual([]);
  });

  test.each([
    ['none', -1, undefined],
    ['read', -1, 'k-0'],
    ['write-only', expect.any(Number), undefined],
  ])('is not even used where the mode of the cache is %s', async (mode, saved, restored) => {
    await using github = await startGitHub();
    await cache.save(jobOn(github), 'k-0');
    const env = { ...jobOn(github), ACTIONS_CACHE_MODE: mode };
    expect((await cache.save(env, 'k-1')).value).toEqual(saved);
    expect((await cache.restore(env, ['k-0'])).value).toBe(restored);
  });
});
