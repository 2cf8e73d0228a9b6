import { describe, expect, test } from 'vitest';
import { troubleIn, troubleOf, unavailable } from '../../../src/github/store/store-trouble.js';

test.each([
  ['Failed request: (500) Internal Server Error: x', 'unavailable', 'the cache service answered with HTTP status 500'],
  ['Cache service responded with 503 during commit', 'unavailable', 'the cache service answered with HTTP status 503'],
  ['upload failed with status code 403', 'unavailable', 'the cache service answered with HTTP status 403'],
  [
    'Unable to make request: ENOTFOUND\nIf you are',
    'unavailable',
    'the cache service could not be reached (ENOTFOUND)',
  ],
  [
    `Unexpected token '<', "<html>" is not valid JSON`,
    'unavailable',
    'the cache service sent an answer that is not JSON',
  ],
  ['Failed request: (409) Conflict: already exists', 'taken', 'the cache service already has an entry of that name'],
  ['Unable to reserve: cache write denied: no', 'read-only', 'this run may only read the cache'],
  ['(403) Forbidden: cache read denied: no', 'off', 'this run may not read the cache'],
  ['Rate limited: Failed request: (429) Too Many', 'slow-down', 'the cache service limits requests at the moment'],
  ['Cache storage quota has been hit. Unable', 'unavailable', 'the storage of the repository is full'],
  ['tar: write: No space left on device', 'unavailable', 'the disk of this machine is full'],
  [
    '/usr/bin/tar failed with error: exit code 2',
    'unavailable',
    'the entry is damaged, or tar cannot pack or unpack it here',
  ],
  [
    'Unable to locate executable file: tar. Please',
    'unavailable',
    'the program "tar", which the cache needs, is not on PATH',
  ],
  ['Blob storage chunk did not respond in 30000ms', 'unavailable', 'the cache service took too long'],
] as const)('the toolkit saying "%s" means %s', (word, kind, message) => {
  expect(troubleIn('cache', word)).toEqual({ kind, message });
});

test('words that tell of no trouble are none', () => {
  expect(troubleIn('cache', 'Cache Size: ~500 MB (500123456 B)')).toBeUndefined();
  expect(troubleIn('artifact', 'Uploaded bytes 429')).toBeUndefined();
});

describe('what went wrong', () => {
  test('is the latest word that says anything', () => {
    const words = [
      'Attempt 1 of 5 failed with error: Failed request: (500) Internal Server Error. Retrying request in 3000 ms...',
      'Failed to reserve cache: Error: Unable to make request: ECONNREFUSED',
      'Failed to save: Unable to reserve cache with key a, another job may be creating this cache.',
    ];
    expect(troubleOf('cache', words)).toEqual(unavailable('the cache service could not be reached (ECONNREFUSED)'));
  });

  test('keeps how long to wait, wherever that was said', () => {
    const words = [
      `You've hit a rate limit, your rate limit will reset in 42 seconds`,
      'Failed: (429) Too Many Requests',
    ];
    expect(troubleOf('artifact', words)).toMatchObject({ kind: 'slow-down', retryAfterMs: 42_000 });
    expect(troubleOf('artifact', words.slice(1))).not.toHaveProperty('retryAfterMs');
  });

  test('is quoted in one line without addresses when nobody foresaw it', () => {
    const words = [
      'Failed to save: odd \u001b[31mthing at https://blob.example/c?sig=abc%2F and more\n    at file.js:1',
    ];
    expect(troubleOf('cache', words)).toEqual(unavailable('the cache service failed: odd [31mthing at … and more'));
    expect(troubleOf('artifact', [])).toEqual(unavailable('the artifact service failed'));
  });
});
