import { expect, test } from 'vitest';
import { readFacts, type Surroundings } from '../../src/machine/facts.js';

const laptop: Surroundings = {
  env: { HOME: '/home/me', UNSET: undefined },
  folder: '/home/me/project',
  platform: 'darwin',
  arch: 'arm64',
  tempDir: '/tmp',
  hostName: 'laptop',
};

test('on a laptop the workspace is the current folder and the runner is the machine', () => {
  expect(readFacts(laptop)).toEqual({
    workspace: '/home/me/project',
    tempDir: '/tmp',
    contexts: {
      github: { workspace: '/home/me/project' },
      runner: { name: 'laptop', os: 'macOS', arch: 'ARM64', temp: '/tmp' },
      matrix: {},
    },
    env: { HOME: '/home/me', GITHUB_WORKSPACE: '/home/me/project' },
  });
});

const inWorkflow = (env: Surroundings['env']) =>
  readFacts({ ...laptop, platform: 'linux', arch: 'x64', env: { GITHUB_WORKSPACE: '/w', ...env } });

test("inside a workflow GitHub's variables fill the contexts", () => {
  const { workspace, contexts } = inWorkflow({
    GITHUB_SHA: 'abc',
    GITHUB_REF_NAME: 'main',
    GITHUB_UNHEARD_OF: 'x',
    RUNNER_OS: 'Linux',
    RUNNER_TEMP: '/rt',
    RUNNER_TOOL_CACHE: '/tc',
  });
  expect(workspace).toBe('/w');
  expect(contexts.github).toEqual({ sha: 'abc', ref_name: 'main', workspace: '/w' });
  expect(contexts.runner).toEqual({ name: 'laptop', os: 'Linux', arch: 'X64', temp: '/rt', tool_cache: '/tc' });
});

test.each([
  ['empty', '', '/home/me/project', '/tmp'],
  ['relative', 'sub', '/home/me/project/sub', '/home/me/project/sub'],
])('%s folders in the environment become absolute ones', (...example) => {
  const [, named, workspace, tempDir] = example;
  const facts = inWorkflow({ GITHUB_WORKSPACE: named, RUNNER_TEMP: named });
  expect(facts).toMatchObject({ workspace, tempDir, contexts: { runner: { temp: tempDir } } });
  expect(facts.env['GITHUB_WORKSPACE']).toBe(workspace);
});

test('a token in the environment is not a property that an expression could print', () => {
  expect(inWorkflow({ GITHUB_TOKEN: 'secret' }).contexts.github).toEqual({ workspace: '/w' });
});

const WITHHELD = [
  'INPUT_TOKEN',
  'STATE_isPost',
  'ACTIONS_RUNTIME_TOKEN',
  'ACTIONS_RUNTIME_URL',
  'ACTIONS_RESULTS_URL',
  'ACTIONS_CACHE_URL',
  'ACTIONS_CACHE_SERVICE_V2',
  'ACTIONS_CACHE_MODE',
  'GITHUB_OUTPUT',
  'GITHUB_ENV',
  'GITHUB_PATH',
  'GITHUB_STATE',
  'GITHUB_STEP_SUMMARY',
];

test.each(WITHHELD)('steps do not inherit %s', (name) => {
  expect(inWorkflow({ [name]: 'x' }).env).toEqual({ GITHUB_WORKSPACE: '/w' });
});

test.each(['RUNNER_TRACKING_ID', 'GITHUB_TOKEN', 'MY_INPUT_1', 'GITHUB_OUTPUT_DIR', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'])(
  'steps inherit %s',
  (name) => {
    expect(inWorkflow({ [name]: 'x' }).env).toEqual({ GITHUB_WORKSPACE: '/w', [name]: 'x' });
  },
);
