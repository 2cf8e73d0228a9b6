import { describe, expect, test } from 'vitest';
import { type Answer, post } from '../../contract/post.js';
import { FAULT_KINDS, flipped } from './faults.js';
import { type GitHubEmulator, startGitHub } from './start-github.js';

type Env = Readonly<Record<string, string>>;

const jobOf = (github: GitHubEmulator, attempt = 1): Env => github.environment({ runId: '7', attempt });
const KEY = { key: 'k-1', version: 'v' };

/** Saves an entry without a client. */
const save = async (env: Env, content: string): Promise<void> => {
  const { body } = await post(env, 'CacheService/CreateCacheEntry', KEY);
  await fetch(urlIn(body, 'signed_upload_url'), { method: 'PUT', body: content });
  await post(env, 'CacheService/FinalizeCacheEntryUpload', { ...KEY, size_bytes: String(content.length) });
};

/** The address in an answer. */
const urlIn = (body: Answer['body'], field: string): string => {
  const value = body[field];
  return typeof value === 'string' ? value : '';
};

const claimsOf = (env: Env): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(env['ACTIONS_RUNTIME_TOKEN']?.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;

describe('the environment of a job', () => {
  test('is what the toolkit reads', async () => {
    await using github = await startGitHub();
    expect(jobOf(github)).toEqual({
      ACTIONS_CACHE_SERVICE_V2: 'true',
      ACTIONS_RESULTS_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/) as string,
      ACTIONS_RUNTIME_TOKEN: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) as string,
      GITHUB_RETENTION_DAYS: '90',
      GITHUB_SERVER_URL: 'https://github.com',
    });
  });

  test('holds a token with the backend ids of run attempt and job', async () => {
    await using github = await startGitHub();
    const backendIds = { run: 'run-id', job: 'job-id' };
    const given = github.environment({ runId: '7', attempt: 1, backendIds });
    expect(claimsOf(given)['scp']).toMatch(/(^| )Actions\.Results:run-id:job-id( |$)/);
    const idsOf = (attempt: number, job: string): readonly string[] =>
      String(claimsOf(github.environment({ runId: '7', attempt, job }))['scp'])
        .split(' ')
        .filter((scope) => scope.startsWith('Actions.Results:'))
        .flatMap((scope) => scope.split(':').slice(1));
    const [run, job] = idsOf(1, 'build');
    expect(idsOf(1, 'build')).toEqual([run, job]);
    expect(idsOf(1, 'lint')[0]).toBe(run);
    expect(idsOf(1, 'lint')[1]).not.toBe(job);
    expect(idsOf(2, 'build')[0]).not.toBe(run);
  });

  test('holds a token with the scopes of the cache', async () => {
    await using github = await startGitHub();
    const scopesOf = (more: object): unknown =>
      JSON.parse(String(claimsOf(github.environment({ runId: '7', attempt: 1, ...more }))['ac']));
    expect(scopesOf({})).toEqual([{ Scope: 'refs/heads/main', Permission: 3 }]);
    expect(scopesOf({ mode: 'read-only' })).toEqual([{ Scope: 'refs/heads/main', Permission: 1 }]);
    expect(scopesOf({ mode: 'none' })).toEqual([]);
    expect(scopesOf({ ref: 'refs/pull/3/merge', baseRef: 'refs/heads/next', defaultBranch: 'trunk' })).toEqual([
      { Scope: 'refs/pull/3/merge', Permission: 3 },
      { Scope: 'refs/heads/next', Permission: 1 },
      { Scope: 'refs/heads/trunk', Permission: 1 },
    ]);
  });
});

describe('a call', () => {
  test('needs a token from this emulator', async () => {
    await using github = await startGitHub();
    await using other = await startGitHub();
    const { ACTIONS_RUNTIME_TOKEN: foreign = '' } = jobOf(other);
    for (const token of [foreign, 'nonsense', '']) {
      const env = { ...jobOf(github), ACTIONS_RUNTIME_TOKEN: token };
      const { status, body } = await post(env, 'CacheService/GetCacheEntryDownloadURL', KEY);
      expect([status, body['code']]).toEqual([401, 'unauthenticated']);
    }
  });

  test.each([
    { what: 'of no service', method: 'NoService/CreateCacheEntry', request: KEY, status: 404 },
    { what: 'of no method', method: 'CacheService/Delete', request: KEY, status: 404 },
    { what: 'without an object', method: 'CacheService/CreateCacheEntry', request: ['k'], status: 400 },
    { what: 'without a key', method: 'CacheService/CreateCacheEntry', request: { version: 'v' }, status: 400 },
    { what: 'to finish nothing', method: 'CacheService/FinalizeCacheEntryUpload', request: KEY, status: 404 },
    { what: 'for another job', method: 'ArtifactService/CreateArtifact', request: { name: 'a' }, status: 403 },
  ])('$what is refused', async ({ method, request, status }) => {
    await using github = await startGitHub();
    expect((await post(jobOf(github), method, request)).status).toBe(status);
  });

  test('to finish an entry without content is refused in a message', async () => {
    await using github = await startGitHub();
    await post(jobOf(github), 'CacheService/CreateCacheEntry', KEY);
    const { body } = await post(jobOf(github), 'CacheService/FinalizeCacheEntryUpload', KEY);
    expect(body).toEqual({ ok: false, message: 'cache entry has no content' });
  });
});

describe('the log', () => {
  test('has each request with its caller and answer, and no signature', async () => {
    await using github = await startGitHub();
    await save(jobOf(github, 3), 'content');
    expect(github.requests).toMatchObject([
      { method: 'POST', call: 'CreateCacheEntry', body: KEY, attempt: 3, status: 200 },
      { method: 'PUT', call: 'blob', attempt: undefined, status: 201 },
      { method: 'POST', call: 'FinalizeCacheEntryUpload', body: { key: 'k-1' }, attempt: 3, status: 200 },
    ]);
    expect(github.requests.map(({ path }) => path).join(' ')).not.toContain('sig=');
  });

  test('is waited for, also for what is already in it', async () => {
    await using github = await startGitHub();
    const answered = github.untilRequest(({ status }) => status === 200);
    const future = github.untilRequest(({ call }) => call === 'FinalizeCacheEntryUpload');
    await save(jobOf(github), 'content');
    expect((await future).call).toBe('FinalizeCacheEntryUpload');
    expect((await answered).call).toBe('CreateCacheEntry');
    expect(await github.untilRequest(({ method }) => method === 'PUT')).toBe(github.requests[1]);
  });
});

describe('a fault', () => {
  test('is of one of eleven kinds', () => {
    expect(new Set(FAULT_KINDS).size).toBe(11);
  });

  test('is for one side alone, until it is healed', async () => {
    await using github = await startGitHub();
    const env = jobOf(github);
    const statuses = async (): Promise<readonly number[]> => [
      (await post(env, 'CacheService/CreateCacheEntry', { ...KEY, key: `${github.requests.length}` })).status,
      (await post(env, 'CacheService/GetCacheEntryDownloadURL', KEY)).status,
      (await post(env, 'ArtifactService/ListArtifacts', {})).status,
    ];
    github.fault({ on: 'save', kind: 'server-error' });
    expect(await statuses()).toEqual([500, 200, 200]);
    github.fault({ on: 'restore', kind: 'rate-limited' });
    expect(await statuses()).toEqual([500, 429, 429]);
    github.heal();
    expect(await statuses()).toEqual([200, 200, 200]);
  });

  test('of blobs alternates between errors, and leaves services alone', async () => {
    await using github = await startGitHub();
    await save(jobOf(github), 'content');
    github.fault({ on: 'restore', kind: 'blob-error' });
    const { status, body } = await post(jobOf(github), 'CacheService/GetCacheEntryDownloadURL', KEY);
    expect(status).toBe(200);
    const get = async (): Promise<number> => (await fetch(urlIn(body, 'signed_download_url'))).status;
    expect([await get(), await get(), await get()]).toEqual([503, 500, 503]);
    github.heal();
    expect(await get()).toBe(200);
  });

  test('breaks off a download in its middle', async () => {
    await using github = await startGitHub();
    await save(jobOf(github), 'content');
    github.fault({ on: 'restore', kind: 'blob-truncated' });
    const { body } = await post(jobOf(github), 'CacheService/GetCacheEntryDownloadURL', KEY);
    const response = await fetch(urlIn(body, 'signed_download_url'));
    expect(response.headers.get('content-length')).toBe('7');
    await expect(response.text()).rejects.toThrow();
  });

  test('stops a download in its middle and leaves the connection open', async () => {
    const github = await startGitHub();
    await save(jobOf(github), 'content');
    github.fault({ on: 'restore', kind: 'blob-hang' });
    const { body } = await post(jobOf(github), 'CacheService/GetCacheEntryDownloadURL', KEY);
    const reader = (await fetch(urlIn(body, 'signed_download_url'))).body?.getReader();
    expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('con');
    const rest = expect(reader?.read()).rejects.toThrow();
    await github[Symbol.asyncDispose]();
    await rest;
  });

  test('flips bytes and keeps the length', () => {
    expect(flipped(Buffer.from([1, 2, 3]))).toEqual(Buffer.from([1, 0xfd, 3]));
    expect(flipped(Buffer.from([1]))).toEqual(Buffer.from([0xfe]));
    expect(flipped(flipped(Buffer.from('content')))).toEqual(Buffer.from('content'));
  });
});

test('stored content is damaged as a test says', async () => {
  await using github = await startGitHub();
  await save(jobOf(github), 'content');
  const contentOf = async (): Promise<string | undefined> => (await github.entries())[0]?.content.toString();
  await github.corrupt('k-1', (content) => Buffer.concat([content, content]));
  expect(await contentOf()).toBe('contentcontent');
  await github.corrupt('k-1', 'truncate');
  expect(await contentOf()).toBe('content');
  await github.corrupt('k-1', 'lose');
  expect(await contentOf()).toBe('');
  await expect(github.corrupt('k-2', 'flip')).rejects.toThrow('nothing is called k-2');
});

test('uploads are counted up to the limit of the repository, by any job', async () => {
  await using github = await startGitHub({ uploadsPerMinute: 2 });
  const create = async (attempt: number): Promise<number> =>
    (await post(jobOf(github, attempt), 'CacheService/CreateCacheEntry', { key: `k-${attempt}`, version: 'v' })).status;
  expect([await create(1), await create(2), await create(3)]).toEqual([200, 200, 429]);
});

test('closing drops what hangs, and the port', async () => {
  const github = await startGitHub();
  const env = jobOf(github);
  github.fault({ on: 'both', kind: 'hang' });
  const hanging = post(env, 'CacheService/CreateCacheEntry', KEY);
  const lost = expect(hanging).rejects.toThrow('fetch failed');
  await github.untilRequest(({ call }) => call === 'CreateCacheEntry');
  await github[Symbol.asyncDispose]();
  await lost;
  await expect(post(env, 'CacheService/CreateCacheEntry', KEY)).rejects.toThrow('fetch failed');
});
