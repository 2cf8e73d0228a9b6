import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../../src/base/stable-json.js';
import type { Contexts } from './evaluate-template.js';
import type { Machine } from './machine.js';
import { REPOSITORY } from './repository.js';

/** The status of a job. */
export type JobStatus = 'success' | 'failure' | 'cancelled';

/** The event that started a workflow run. */
export type WorkflowEvent = {
  readonly name: string;
  /** `github.ref`. */
  readonly ref: string;
  /** Branches of a pull request. */
  readonly baseRef?: string;
  readonly headRef?: string;
  readonly payload?: Json;
};

/** The identity of a job. */
export type JobIdentity = {
  readonly runId: string;
  readonly attempt: number;
  /** Key of the job in the workflow file. */
  readonly job: string;
  /** Path of the workflow file with its ref. */
  readonly workflowRef: string;
  readonly sha: string;
  readonly event: WorkflowEvent;
  readonly matrix: Json;
  readonly jobIndex: number;
  readonly jobTotal: number;
  readonly token: string;
  readonly debug: boolean;
};

/** The contexts of a job, except `job`, whose status changes. */
export const contextsOf = (identity: JobIdentity, machine: Machine): Contexts => ({
  github: { ...githubContext(identity, machine), token: identity.token, event: identity.event.payload ?? {} },
  runner: runnerContext(machine, identity.debug),
  matrix: identity.matrix,
  strategy: {
    'fail-fast': true,
    'job-index': identity.jobIndex,
    'job-total': identity.jobTotal,
    'max-parallel': identity.jobTotal,
  },
  env: {},
  inputs: {},
});

/** `GITHUB_*` and `RUNNER_*` of every step of a job. */
export const contextVariables = (identity: JobIdentity, machine: Machine): Readonly<Record<string, string>> => ({
  ...prefixed('GITHUB', githubContext(identity, machine)),
  ...prefixed('RUNNER', runnerContext(machine, identity.debug)),
});

const githubContext = (identity: JobIdentity, machine: Machine): Readonly<Record<string, string>> => {
  const { runId, attempt, job, workflowRef, sha, event } = identity;
  const [owner = ''] = REPOSITORY.split('/');
  return {
    actor: 'someone',
    actor_id: '1001',
    api_url: 'https://api.github.com',
    base_ref: event.baseRef ?? '',
    event_name: event.name,
    event_path: writeEvent(machine, event),
    graphql_url: 'https://api.github.com/graphql',
    head_ref: event.headRef ?? '',
    job,
    ref: event.ref,
    ref_name: event.ref.replace(/^refs\/(?:heads|tags|pull)\//, ''),
    ref_protected: 'false',
    ref_type: event.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    repository: REPOSITORY,
    repository_id: '2002',
    repository_owner: owner,
    repository_owner_id: '3003',
    retention_days: '90',
    run_attempt: String(attempt),
    run_id: runId,
    run_number: '12',
    server_url: 'https://github.com',
    sha,
    triggering_actor: 'someone',
    workflow: 'CI',
    workflow_ref: workflowRef,
    workflow_sha: sha,
    workspace: machine.workspace,
  };
};

const runnerContext = (machine: Machine, debug: boolean): Readonly<Record<string, string>> => ({
  os: process.platform === 'darwin' ? 'macOS' : 'Linux',
  arch: process.arch === 'arm64' ? 'ARM64' : 'X64',
  name: machine.name,
  environment: 'github-hosted',
  temp: machine.runnerTemp,
  tool_cache: machine.toolCache,
  workspace: join(machine.workspace, '..'),
  ...(debug && { debug: '1' }),
});

const writeEvent = (machine: Machine, event: WorkflowEvent): string => {
  const folder = join(machine.runnerTemp, '_github_workflow');
  const file = join(folder, 'event.json');
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, JSON.stringify(event.payload ?? {}));
  return file;
};

const prefixed = (prefix: string, values: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}_${name.toUpperCase()}`, value]));
