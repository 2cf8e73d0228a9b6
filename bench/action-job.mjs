import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Store addresses for a job that never uses them: no server listens there. */
export const STORES_NEVER_ASKED = {
  ACTIONS_CACHE_SERVICE_V2: 'true',
  ACTIONS_RESULTS_URL: 'http://127.0.0.1:9/',
  ACTIONS_RUNTIME_TOKEN: 'a.token.for-nobody',
};

/**
 * The machine of a job below `root`: a workspace, which is a git repository with these files committed, and the folders of
 * the runner. `env(attempt)` is the action's environment; `reset()` restores the workspace to its state after the checkout.
 */
export const openActionJob = (root, files, services = STORES_NEVER_ASKED) => {
  const [workspace, temp, tools] = ['work/example/example', 'work/_temp', 'tools'].map((name) => join(root, name));
  for (const folder of [workspace, temp, tools]) mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(workspace, name)), { recursive: true });
    writeFileSync(join(workspace, name), text);
  }
  commitAll(workspace);
  const reset = () => {
    rmSync(temp, { recursive: true, force: true });
    mkdirSync(temp, { recursive: true });
    for (const name of FILE_COMMANDS) writeFileSync(join(temp, name), '');
    rmSync(join(workspace, '.work'), { recursive: true, force: true });
  };
  reset();
  return { workspace, temp, reset, env: (attempt) => environment({ workspace, temp, tools, services, attempt }) };
};

const FILE_COMMANDS = ['output', 'state', 'env', 'path', 'step_summary'];

const environment = ({ workspace, temp, tools, services, attempt }) => ({
  ...services,
  ...Object.fromEntries(FILE_COMMANDS.map((name) => [`GITHUB_${name.toUpperCase()}`, join(temp, name)])),
  CI: 'true',
  GITHUB_ACTIONS: 'true',
  GITHUB_ACTION: '__savepoint',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_JOB: 'build',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REPOSITORY: 'savepoint-ci/example',
  GITHUB_RUN_ATTEMPT: String(attempt),
  GITHUB_RUN_ID: '10000000001',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_WORKFLOW_REF: 'savepoint-ci/example/.github/workflows/ci.yml@refs/heads/main',
  GITHUB_WORKSPACE: workspace,
  RUNNER_ARCH: 'X64',
  RUNNER_ENVIRONMENT: 'github-hosted',
  RUNNER_OS: 'Linux',
  RUNNER_TEMP: temp,
  RUNNER_TOOL_CACHE: tools,
  'INPUT_JOB-STATUS': 'success',
  'INPUT_JOB-TOTAL': '1',
  'INPUT_JOB-INDEX': '0',
  INPUT_MATRIX: 'null',
});

const commitAll = (workspace) => {
  const who = { NAME: 'Someone', EMAIL: 'someone@example.com' };
  const env = {
    PATH: process.env.PATH,
    GIT_CONFIG_GLOBAL: '/dev/null',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((role) => Object.entries(who).map(([key, text]) => [`GIT_${role}_${key}`, text])),
    ),
  };
  for (const words of [
    ['init', '--quiet', '--initial-branch', 'main'],
    ['add', '--all'],
    ['commit', '--quiet', '--allow-empty', '--message', 'Work'],
  ]) {
    const { status, stderr } = spawnSync('git', words, { cwd: workspace, env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`git ${words[0]} ended with ${status}: ${stderr}`);
  }
};
