import { expect, test } from 'vitest';
import { readJobIdentity, type JobIdentity } from '../../../src/github/runner/job-identity.js';
import type { Json } from '../../../src/base/stable-json.js';

const ENV = {
  RUNNER_OS: 'Linux',
  RUNNER_ARCH: 'X64',
  GITHUB_RUN_ID: '4711',
  GITHUB_RUN_ATTEMPT: '2',
  GITHUB_WORKFLOW_REF: 'o/r/.github/workflows/ci.yml@refs/heads/main',
  GITHUB_JOB: 'build',
  GITHUB_ACTION: '__self',
  GITHUB_WORKSPACE: '/w',
  RUNNER_TEMP: '/t',
  RUNNER_TOOL_CACHE: '/c',
};

const read = (env: Record<string, string> = {}, matrix: Json = null, id = ''): JobIdentity =>
  readJobIdentity({ ...ENV, ...env }, { matrix, id }, 'n1');

test('a job is who the runner says', () => {
  expect(read()).toEqual({
    os: 'Linux',
    arch: 'X64',
    runId: '4711',
    leg: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    attempt: 2,
    nonce: 'n1',
    places: { workspace: '/w', temp: '/t', tool_cache: '/c' },
  });
});

test('a leg stays the same over attempts and refs', () => {
  const { leg } = read();
  expect(read({ GITHUB_RUN_ATTEMPT: '3', RUNNER_TEMP: '/other' }).leg).toBe(leg);
  expect(read({ GITHUB_WORKFLOW_REF: 'o/r/.github/workflows/ci.yml@refs/pull/1/merge' }).leg).toBe(leg);
});

test('legs differ by job, matrix, step of the job, workflow and id', () => {
  const legs = [
    read(),
    read({ GITHUB_JOB: 'test' }),
    read({}, { os: 'a' }),
    read({}, { os: 'b' }),
    read({ GITHUB_ACTION: '__self_2' }),
    read({ GITHUB_WORKFLOW_REF: 'o/r/.github/workflows/other.yml@refs/heads/main' }),
    read({}, null, 'second'),
  ].map(({ leg }) => leg);
  expect(new Set(legs).size).toBe(legs.length);
});

test('what the runner does not say is empty, and the first attempt', () => {
  const nobody = readJobIdentity({}, { matrix: null, id: '' }, 'n1');
  expect(nobody).toMatchObject({ os: '', runId: '', attempt: 1, places: { workspace: '', temp: '', tool_cache: '' } });
});
