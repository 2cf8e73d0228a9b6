import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isAlive } from '../is-alive.js';
import { CHECKOUT_CREDENTIAL } from './repository.js';
import { newTinyAction } from './tiny-action.js';
import { newJob } from './workflow-run.js';

const PRINT_ENV = 'console.log(`env ${JSON.stringify({ ...process.env, cwd: process.cwd() })}`);';
const WAIT = `
  const { spawn } = require('node:child_process');
  const child = spawn('sleep', ['1000'], { stdio: 'ignore', detached: true });
  setInterval(() => {}, 1000);
  console.log('child ' + child.pid);
`;

type Environment = Readonly<Record<string, string | undefined>>;

const envIn = (log: string): Environment => JSON.parse(/^env (.*)$/m.exec(log)?.[1] ?? '{}') as Environment;
const childIn = (log: string): number => Number(/^child (\d+)$/m.exec(log)?.[1]);

test('inputs are those given, else their defaults with the contexts of the job in them', async () => {
  using action = newTinyAction({
    main: PRINT_ENV,
    inputs: {
      given: 'default',
      'given-empty': 'default',
      left: 'default',
      matrix: '${{ toJSON(matrix) }}',
      'job-total': '${{ strategy.job-total }}',
      'job-index': '${{ strategy.job-index }}',
      status: 'is ${{ job.status }}!',
      token: '${{ github.token }}',
    },
  });
  const leg = { matrix: { os: 'linux', node: 24 }, jobIndex: 1, jobTotal: 3 };
  await using job = await newJob({ files: {}, action: action.path, ...leg });
  const { log } = await job.runStep({ given: 'mine', 'given-empty': '' }).ended;
  expect(envIn(log)).toMatchObject({
    INPUT_GIVEN: 'mine',
    'INPUT_GIVEN-EMPTY': '',
    INPUT_LEFT: 'default',
    INPUT_MATRIX: '{\n  "os": "linux",\n  "node": 24\n}',
    'INPUT_JOB-TOTAL': '3',
    'INPUT_JOB-INDEX': '1',
    INPUT_STATUS: 'is success!',
    INPUT_TOKEN: '***',
  });
});

test('a job without a matrix says so, and an unknown input is a warning', async () => {
  using action = newTinyAction({ main: PRINT_ENV, inputs: { matrix: '${{ toJSON(matrix) }}' } });
  await using job = await newJob({ files: {}, action: action.path });
  const { log, annotations } = await job.runStep({ typo: 'x' }).ended;
  expect(envIn(log)['INPUT_MATRIX']).toBe('null');
  expect(annotations).toMatchObject([{ kind: 'warning', message: expect.stringContaining("'typo'") as unknown }]);
});

test('a step sees its job, and only actions get the services', async () => {
  using action = newTinyAction({ main: PRINT_ENV });
  await using job = await newJob({
    files: {},
    action: action.path,
    runId: '12345',
    github: { environment: ({ runId, attempt }) => ({ ACTIONS_RUNTIME_TOKEN: `token of ${runId}/${attempt}` }) },
  });
  const env = envIn((await job.runStep({}, { id: 'pipeline', env: { OWN: 'yes' } }).ended).log);
  expect(env).toMatchObject({
    cwd: job.workspace,
    GITHUB_ACTION: 'pipeline',
    GITHUB_ACTIONS: 'true',
    GITHUB_JOB: 'build',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_RUN_ID: '12345',
    GITHUB_WORKFLOW_REF: 'savepoint-ci/example/.github/workflows/ci.yml@refs/heads/main',
    GITHUB_WORKSPACE: job.workspace,
    OWN: 'yes',
    RUNNER_TEMP: job.runnerTemp,
    ACTIONS_RUNTIME_TOKEN: '***',
  });
  expect(env['GITHUB_OUTPUT']).toMatch(/_runner_file_commands\/set_output_/);
  const { log } = await job.shell('env');
  expect(log).toContain('GITHUB_ACTION=__run\n');
  expect(log).not.toMatch(/^(?:ACTIONS_|INPUT_|OWN=)/m);
});

test('debug logging shows debug lines and says so to the step', async () => {
  using action = newTinyAction({ main: `console.log('::debug::' + process.env.RUNNER_DEBUG)` });
  await using job = await newJob({ files: {}, action: action.path, debug: true });
  expect((await job.runStep().ended).log).toBe('##[debug]1\n');
});

test('the workspace is a checkout with a credential in it', async () => {
  using action = newTinyAction({ main: '' });
  await using job = await newJob({ files: { 'a/script': '#!/bin/sh\n', b: 'text' }, action: action.path });
  expect(job.tree()).toMatchObject({ 'a/script': { mode: '755' }, b: { mode: '644' } });
  const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: job.workspace }).toString();
  expect(git('status', '--porcelain')).toBe('');
  expect((await job.shell('echo "$GITHUB_SHA"')).log.trim()).toBe(git('rev-parse', 'HEAD').trim());
  expect(job.read('.git/config')).toContain(CHECKOUT_CREDENTIAL);
});

test('what a step exports reaches the later steps', async () => {
  using action = newTinyAction({
    main: `
      const { appendFileSync } = require('node:fs');
      appendFileSync(process.env.GITHUB_ENV, 'EXPORTED=by the action\\n');
      appendFileSync(process.env.GITHUB_PATH, '/first\\n/second\\n');
      appendFileSync(process.env.GITHUB_OUTPUT, 'answer=42\\n');
    `,
  });
  await using job = await newJob({ files: {}, action: action.path });
  const result = await job.runStep().ended;
  expect(result).toMatchObject({
    outputs: { answer: '42' },
    env: { EXPORTED: 'by the action' },
    conclusion: 'success',
  });
  const { log } = await job.shell('echo "$EXPORTED"; echo "$PATH"');
  expect(log).toMatch(/^by the action\n\/second:\/first:/);
  expect((await job.shell('echo "$PATH"', { env: { PATH: '/bin' } })).log).toMatch(/^\/second:\/first:[^:]*:\/bin\n$/);
});

test('post gets the state of main and inputs evaluated again, in the reverse order of steps', async () => {
  using action = newTinyAction({
    main: `require('node:fs').appendFileSync(process.env.GITHUB_STATE, 'name=' + process.env.INPUT_NAME + '\\n');`,
    post: `console.log(process.env.STATE_name, process.env.INPUT_STATUS, process.env.GITHUB_ACTION);`,
    inputs: { name: '', status: '${{ job.status }}' },
  });
  await using job = await newJob({ files: {}, action: action.path });
  await job.runStep({ name: 'one' }).ended;
  await job.runStep({ name: 'two' }, { id: 'named' }).ended;
  expect((await job.shell('exit 3')).log).toBe('##[error]Process completed with exit code 3.\n');
  const end = await job.finish();
  expect(end.posts.map(({ log }) => log)).toEqual(['two failure named\n', 'one failure __savepoint-ci_savepoint\n']);
  expect(end.status).toBe('failure');
  expect(() => end.post).toThrow('2 posts');
});

test('a post with a condition runs only when that holds', async () => {
  using action = newTinyAction({ main: '', post: '', postIf: 'failure()' });
  await using job = await newJob({ files: {}, action: action.path });
  await job.runStep().ended;
  expect((await job.finish()).posts).toEqual([]);
});

test('a cancelled step ends the job as cancelled and has its post', async () => {
  using action = newTinyAction({
    main: `process.on('SIGINT', () => { console.log('told'); process.exit(1); }); ${WAIT}`,
    post: 'console.log(process.env.INPUT_STATUS)',
    inputs: { status: '${{ job.status }}' },
  });
  await using job = await newJob({ files: {}, action: action.path });
  const step = job.runStep();
  await step.untilShown('child');
  const result = await step.cancel();
  expect(result).toMatchObject({ conclusion: 'cancelled', signals: ['SIGINT'] });
  expect(result.log).toContain('told');
  const end = await job.finish();
  expect(end.status).toBe('cancelled');
  expect(end.post.log).toBe('cancelled\n');
  expect(end.swept).toEqual([{ pid: childIn(result.log), command: 'sleep 1000' }]);
});

test('what a killed main leaves running is swept after post', async () => {
  using action = newTinyAction({ main: WAIT, post: '' });
  await using job = await newJob({ files: {}, action: action.path });
  const step = job.runStep();
  await step.untilShown('child');
  const result = await step.killHard();
  expect(result).toMatchObject({ exitCode: 137, conclusion: 'failure', signals: [] });
  expect(isAlive(childIn(result.log))).toBe(true);
  expect((await job.finish()).swept).toHaveLength(1);
});

test('nothing lives on when the machine is lost, and there is no post', async () => {
  using action = newTinyAction({ main: WAIT.replace('{ stdio', '{ env: {}, stdio'), post: '' });
  await using job = await newJob({ files: {}, action: action.path });
  const step = job.runStep();
  await step.untilShown('child');
  await step.machineLost();
  expect(isAlive(step.pid)).toBe(false);
  expect(isAlive(childIn(step.log()))).toBe(false);
  await expect(job.finish()).rejects.toThrow('over');
});

test('puppets play in scripts and actions, and waits for one that cannot come fail', async () => {
  using action = newTinyAction({
    main: `require('node:child_process').spawnSync('puppet', ['actor'], { stdio: 'inherit' });`,
  });
  await using job = await newJob({ files: {}, action: action.path });
  const step = job.runStep();
  const actor = await job.puppet('actor').nextInvocation();
  expect(actor.cwd).toBe(job.workspace);
  await actor.print('::save-state name=a::1\n');
  const never = job.puppet('never').nextInvocation();
  actor.exit(0);
  await expect(never).rejects.toThrow('the step ended with 0');
  expect((await step.ended).state).toEqual({ a: '1' });
});
