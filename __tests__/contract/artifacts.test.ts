import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newTempFolder, type TempFolder } from '../machine/temp-folder.js';
import { type GitHubEmulator, startGitHub } from '../rig/github/start-github.js';
import { blobKinds, type OpenBlobs } from './blob-stores.js';
import type { Env } from './cache-calls.js';
import { post } from './post.js';
import { startToolkit, type Toolkit, type ToolkitResult } from './toolkit.js';

let toolkit: Toolkit;
let folder: TempFolder;
beforeAll(() => {
  toolkit = startToolkit();
  folder = newTempFolder();
});
afterAll(async () => {
  await toolkit.kill();
  folder[Symbol.dispose]();
});

const attempt = (github: GitHubEmulator, number: number, runId = '7'): Env =>
  github.environment({ runId, attempt: number });

/** Uploads one file, `<name>.txt`: in a zip archive, or as it is. */
const upload = (env: Env, name: string, how: Upload = {}): Promise<ToolkitResult<'uploadArtifact'>> => {
  const { content = `content of ${name}`, skipArchive = false, by = toolkit } = how;
  const file = folder.write(`${name}.txt`, content);
  return by.call({
    call: 'uploadArtifact',
    args: [name, [file], folder.path, { skipArchive }],
    folder: folder.path,
    env,
  });
};

type Upload = { readonly content?: string; readonly skipArchive?: boolean; readonly by?: Toolkit };

const list = async (env: Env, latest = false): Promise<readonly { readonly name: string; readonly id: number }[]> => {
  const { value } = await toolkit.call({ call: 'listArtifacts', args: [{ latest }], folder: folder.path, env });
  return value?.artifacts ?? [];
};

type Downloaded = ToolkitResult<'downloadArtifact'> & { readonly files: Readonly<Record<string, string>> };

const download = async (env: Env, id: number, expectedHash = ''): Promise<Downloaded> => {
  using target = newTempFolder();
  const args: [number, object] = [id, { path: target.path, expectedHash }];
  const result = await toolkit.call({ call: 'downloadArtifact', args, folder: folder.path, env });
  const files = readdirSync(target.path).map((name) => [name, readFileSync(join(target.path, name), 'utf8')]);
  return { ...result, files: Object.fromEntries(files) as Record<string, string> };
};

const remove = (env: Env, name: string): Promise<ToolkitResult<'deleteArtifact'>> =>
  toolkit.call({ call: 'deleteArtifact', args: [name], folder: folder.path, env });

/** What a client that crashes in the middle of an upload has done. */
const reserve = (env: Env, name: string): Promise<{ readonly status: number }> => {
  const claims = Buffer.from(env['ACTIONS_RUNTIME_TOKEN']?.split('.')[1] ?? '', 'base64url').toString();
  const [, run = '', job = ''] = /Actions\.Results:([^: ]+):([^ "]+)/.exec(claims) ?? [];
  const ids = { workflow_run_backend_id: run, workflow_job_run_backend_id: job };
  return post(env, 'ArtifactService/CreateArtifact', { ...ids, name, version: 7, mime_type: 'application/zip' });
};

describe.each(blobKinds())('an artifact over $kind', ({ open }) => {
  let store: OpenBlobs;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());
  const start = (): Promise<GitHubEmulator> => startGitHub({ blobs: store.blobs });

  test('comes back out of its archive, in pieces of 8 MiB, with its digest', async () => {
    await using github = await start();
    const env = attempt(github, 1);
    const content = randomBytes(8_600_000).toString('base64');
    const { id = 0, digest = '' } = (await upload(env, 'report', { content })).value ?? {};
    const { value, files } = await download(env, id, `sha256:${digest}`);
    expect(value?.digestMismatch).toBe(false);
    expect(files['report.txt'] === content).toBe(true);
    const uploads = github.requests.filter(({ method, call }) => method === 'PUT' && call === 'blob');
    expect(uploads.map(({ path }) => path.replace(/^.*\?/, ''))).toEqual([
      'comp=block',
      'comp=block',
      'comp=blocklist',
    ]);
    expect(await github.artifacts()).toMatchObject([
      { name: 'report', contentType: 'application/zip', owner: { attempt: 1 } },
    ]);
  });

  test('that is a file as it is has the name of the file', async () => {
    await using github = await start();
    const env = attempt(github, 1);
    const { value } = await upload(env, 'state', { skipArchive: true });
    expect((await list(env)).map(({ name }) => name)).toEqual(['state.txt']);
    expect((await download(env, value?.id ?? 0)).files).toEqual({ 'state.txt': 'content of state' });
    expect(await github.artifacts()).toMatchObject([{ content: Buffer.from('content of state') }]);
  });

  test('that was damaged is extracted all the same, and told by its digest alone', async () => {
    await using github = await start();
    const env = attempt(github, 1);
    const { id = 0, digest = '' } = (await upload(env, 'state', { skipArchive: true })).value ?? {};
    github.fault({ on: 'restore', kind: 'corrupted' });
    expect((await download(env, id, `sha256:${digest}`)).value?.digestMismatch).toBe(true);
    github.heal();
    expect((await download(env, id, `sha256:${digest}`)).value?.digestMismatch).toBe(false);
    await github.corrupt('state.txt', (content) => Buffer.concat([content, Buffer.from('!')]));
    const { value, files } = await download(env, id, `sha256:${digest}`);
    expect([value?.digestMismatch, files]).toEqual([true, { 'state.txt': 'content of state!' }]);
  });

  test('that was deleted is gone, and its name is free for a new one', async () => {
    await using github = await start();
    const env = attempt(github, 1);
    const { id } = (await upload(env, 'report')).value ?? {};
    await upload(env, 'other');
    expect((await remove(env, 'report')).value?.id).toBe(id);
    expect((await list(env)).map(({ name }) => name)).toEqual(['other']);
    expect((await upload(env, 'report')).value?.id).not.toBe(id);
  });
});

describe('the name of an artifact', () => {
  test('finds that artifact alone', async () => {
    await using github = await startGitHub();
    const env = attempt(github, 1);
    const { id } = (await upload(env, 'report')).value ?? {};
    await upload(env, 'report-2');
    const found = await toolkit.call({ call: 'getArtifact', args: ['report'], folder: folder.path, env });
    expect(found.value?.artifact).toMatchObject({ id, name: 'report' });
  });

  test('is unique within an attempt', async () => {
    await using github = await startGitHub();
    await upload(attempt(github, 1), 'report');
    expect((await upload(attempt(github, 1), 'report')).error).toContain('(409) Conflict');
    const otherJob = github.environment({ runId: '7', attempt: 1, job: 'lint' });
    expect((await upload(otherJob, 'report')).error).toContain('(409) Conflict');
    expect((await upload(attempt(github, 1, '8'), 'report')).error).toBeUndefined();
  });

  test('may stand for one artifact per attempt, and the highest id is not the latest', async () => {
    await using github = await startGitHub();
    const first = (await upload(attempt(github, 1), 'report', { content: 'first' })).value;
    const second = (await upload(attempt(github, 2), 'report', { content: 'second' })).value;
    expect(second?.id).toBeLessThan(first?.id ?? 0);
    expect((await list(attempt(github, 2))).map(({ id }) => id)).toEqual([first?.id, second?.id]);
    expect((await list(attempt(github, 2), true)).map(({ id }) => id)).toEqual([first?.id]);
    expect((await download(attempt(github, 2), first?.id ?? 0)).files).toEqual({ 'report.txt': 'first' });
    expect((await download(attempt(github, 2), second?.id ?? 0)).files).toEqual({ 'report.txt': 'second' });
  });

  test('stays taken after a crash, and cannot be deleted', async () => {
    await using github = await startGitHub();
    const env = attempt(github, 1);
    expect((await reserve(env, 'report')).status).toBe(200);
    expect((await upload(env, 'report')).error).toContain('(409) Conflict');
    expect(await list(env)).toEqual([]);
    expect((await remove(env, 'report')).error).toMatch(/^ArtifactNotFoundError: /);
  });
});

describe('earlier artifacts', () => {
  test('are seen in a partial re-run, and later or foreign ones never', async () => {
    await using github = await startGitHub();
    await upload(attempt(github, 1), 'of-1');
    await upload(attempt(github, 2), 'of-2');
    await upload(attempt(github, 1, '8'), 'of-another-run');
    const namesSeenIn = async (number: number): Promise<readonly string[]> =>
      (await list(attempt(github, number))).map(({ name }) => name);
    expect(await namesSeenIn(1)).toEqual(['of-1']);
    expect(await namesSeenIn(3)).toEqual(['of-1', 'of-2']);
  });

  test('are not seen after all jobs were re-run, by name or by id', async () => {
    await using github = await startGitHub();
    const { id = 0 } = (await upload(attempt(github, 1), 'report')).value ?? {};
    github.rerunAll();
    const env = attempt(github, 2);
    expect(await list(env)).toEqual([]);
    expect((await download(env, id)).error).toMatch(/^ArtifactNotFoundError: /);
    expect((await list(attempt(github, 1))).map((one) => one.id)).toEqual([id]);
    await upload(env, 'report');
    expect(await list(attempt(github, 3))).toHaveLength(1);
  });
});

describe('an artifact client', () => {
  test('is told the fault by an exception', async () => {
    await using github = await startGitHub();
    github.fault({ on: 'both', kind: 'read-only' });
    expect((await upload(attempt(github, 1), 'report')).error).toContain('(403) Forbidden');
    github.fault({ on: 'both', kind: 'connection-loss' });
    const listed = await toolkit.call({
      call: 'listArtifacts',
      args: [],
      folder: folder.path,
      env: attempt(github, 1),
    });
    expect(listed.error).toContain('ECONNRESET');
  });

  test('retries where there were too many requests, unlike the cache', async () => {
    await using github = await startGitHub();
    github.fault({ on: 'save', kind: 'rate-limited' });
    await using patient = startToolkit();
    const uploading = upload(attempt(github, 1), 'report', { by: patient });
    expect(await patient.untilPrinted(/Retrying/)).toContain('Attempt 1 of 5 failed');
    expect(github.requests).toMatchObject([{ call: 'CreateArtifact', status: 429 }]);
    await patient.kill();
    expect((await uploading).value).toBeUndefined();
  });

  test('needs a token that says which job it is for', async () => {
    await using github = await startGitHub();
    const env = { ...attempt(github, 1), ACTIONS_RUNTIME_TOKEN: 'e30.e30.e30' };
    expect((await upload(env, 'report')).error).toContain('invalid and/or missing claims');
    expect(github.requests).toEqual([]);
  });
});
