import { describe, expect, test } from 'vitest';
import { knownRefusal, workerEnvironment } from '../../../src/github/store/worker-environment.js';

const GITHUB = {
  ACTIONS_CACHE_SERVICE_V2: 'true',
  ACTIONS_RESULTS_URL: 'https://results.example/',
  ACTIONS_RUNTIME_TOKEN: 'token',
  GITHUB_SERVER_URL: 'https://github.com',
};

test('the worker process gets what the toolkit reads, its own folders, and nothing of the job', () => {
  const env = {
    ...GITHUB,
    PATH: '/bin',
    HTTPS_PROXY: 'p',
    AWS_SECRET: 's',
    INPUT_ID: 'i',
    STATE_a: 'b',
    RUNNER_TEMP: '/t',
  };
  const places = { folder: '/store', temp: '/store/temp', searchPath: '/store/programs:/bin' };
  expect(workerEnvironment(env, places)).toEqual({
    ...GITHUB,
    PATH: '/store/programs:/bin',
    HTTPS_PROXY: 'p',
    GITHUB_WORKSPACE: '/store',
    RUNNER_TEMP: '/store/temp',
  });
});

describe('a call is refused beforehand', () => {
  test('not where there is a service', () => {
    for (const call of ['find', 'save', 'download', 'saveRecord', 'listRecords', 'downloadRecord'] as const) {
      expect(knownRefusal(GITHUB, call)).toBeUndefined();
    }
  });

  test('never for what stays on this machine', () => {
    for (const call of ['packArchive', 'packFile', 'readManifest', 'unpackFile', 'restoreTree'] as const) {
      expect(knownRefusal({}, call)).toBeUndefined();
    }
  });

  test.each(['ACTIONS_RESULTS_URL', 'ACTIONS_RUNTIME_TOKEN'])('without %s', (name) => {
    const env = { ...GITHUB, [name]: '' };
    expect(knownRefusal(env, 'save')).toEqual({ kind: 'off', message: 'this runner has no cache service' });
    expect(knownRefusal(env, 'listRecords')).toEqual({ kind: 'off', message: 'this runner has no artifact service' });
  });

  test('on a GitHub Enterprise Server only for artifacts, and by its own address of the cache', () => {
    const env = {
      ...GITHUB,
      GITHUB_SERVER_URL: 'https://git.example.com',
      ACTIONS_CACHE_URL: 'https://cache.example/',
    };
    expect(knownRefusal(env, 'find')).toBeUndefined();
    expect(knownRefusal({ ...env, ACTIONS_CACHE_URL: undefined }, 'find')?.kind).toBe('off');
    expect(knownRefusal(env, 'saveRecord')?.kind).toBe('off');
    expect(knownRefusal({ ...env, GITHUB_SERVER_URL: 'https://acme.ghe.com' }, 'saveRecord')).toBeUndefined();
  });

  test.each([
    ['none', 'off', 'off'],
    ['read', undefined, 'read-only'],
    ['write-only', 'off', undefined],
    ['write', undefined, undefined],
    ['Read ', undefined, 'read-only'],
    ['of-next-year', undefined, undefined],
  ])('in the cache mode "%s": reading %s, writing %s', (mode, reading, writing) => {
    const env = { ...GITHUB, ACTIONS_CACHE_MODE: mode };
    expect(knownRefusal(env, 'find')?.kind).toBe(reading);
    expect(knownRefusal(env, 'download')?.kind).toBe(reading);
    expect(knownRefusal(env, 'save')?.kind).toBe(writing);
    expect(knownRefusal(env, 'saveRecord')).toBeUndefined();
  });
});
