import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Json } from '../../../src/base/stable-json.js';
import { ROOT } from '../docs/page.js';
import { defaultNode } from '../nodes.js';
import { openPuppets, type Puppet } from '../puppets.js';
import { downloadAction } from './action-folder.js';
import type { JobIdentity, WorkflowEvent } from './job-contexts.js';
import { Job } from './job.js';
import { prepareMachine } from './machine.js';
import { createMasks } from './masks.js';
import { type Files, makeRepository, REPOSITORY } from './repository.js';
import { readTree, type Tree } from './workspace-tree.js';

/** The properties of a workflow run that all its jobs share. */
export type WorkflowRunOptions = {
  /** The files of the repository. */
  readonly files: Files;
  /** GitHub's services; without them actions get no access to any. */
  readonly github?: Services;
  /** The event that started it; default: a push to `main`. */
  readonly event?: WorkflowEvent;
  /** Default: `.github/workflows/ci.yml` of the repository at the event's ref. */
  readonly workflowRef?: string;
  /** Folder of the action; default: this one, as it is committed. */
  readonly action?: string;
  /** Values that GitHub knows as secrets. */
  readonly secrets?: readonly string[];
  /** `env:` of the workflow. */
  readonly env?: Readonly<Record<string, string>>;
  /** Path of the Node that runs the action; default: `SAVEPOINT_TEST_NODE`, else the one that runs the tests. */
  readonly node?: string;
  readonly runId?: string;
};

/** The properties of one job. */
export type JobOptions = {
  /** Key of the job in the workflow file; default: `build`. */
  readonly job?: string;
  /** The values of this leg; absent without a matrix. */
  readonly matrix?: Readonly<Record<string, Json>>;
  readonly jobIndex?: number;
  readonly jobTotal?: number;
  /** Name of the machine, which is part of its paths; default: `runner`. Jobs at the same time need different ones. */
  readonly runner?: string;
  /** Whether the machine is new, as on GitHub; default: yes. */
  readonly wipe?: boolean;
  /** Whether the checkout on a used machine removes files that git does not track; default: yes. */
  readonly clean?: boolean;
  /** Whether "Enable debug logging" was ticked. */
  readonly debug?: boolean;
  /** How the job may use the cache. */
  readonly mode?: CacheMode;
};

/** How a job may use the cache: write and read, only read, or not at all. */
export type CacheMode = 'read-write' | 'read-only' | 'none';

/** The addresses and tokens with which actions reach GitHub's services. */
export type Services = {
  readonly environment: (job: {
    readonly runId: string;
    readonly attempt: number;
    readonly job: string;
    readonly ref: string;
    /** The base of a pull request. */
    readonly baseRef?: string;
    readonly mode: CacheMode;
  }) => Readonly<Record<string, string>>;
};

/** A run of a workflow. For `await using`: it ends everything and cleans up. */
export type WorkflowRun = AsyncDisposable & {
  readonly runId: string;
  /** Starts a job in the next attempt: the first one, then "Re-run". */
  readonly attempt: (options?: JobOptions) => JobRig;
  /** Starts another job in the latest attempt. */
  readonly sameAttempt: (options?: JobOptions) => JobRig;
  /** A command `puppet <name>` in a step does what the test tells it. */
  readonly puppet: (name: string) => Puppet;
  /** Commits files, so that later attempts run another commit. On GitHub a re-run never does. */
  readonly commit: (files: Files) => void;
};

/** A job on a prepared machine with the repository checked out. */
export type JobRig = Pick<Job, 'runStep' | 'shell' | 'finish' | 'machineLost' | 'status'> & {
  readonly attempt: number;
  readonly workspace: string;
  readonly runnerTemp: string;
  readonly toolCache: string;
  /** The current content of the workspace, also after the job. */
  readonly tree: () => Tree;
  readonly read: (path: string) => string;
  readonly has: (path: string) => boolean;
  /** Writes a file of the workspace. */
  readonly write: (path: string, content: string) => void;
};

/** A job that is the only one of its run. */
export type OnlyJob = JobRig & AsyncDisposable & { readonly puppet: WorkflowRun['puppet'] };

/** Opens a workflow run without starting a job. */
export const newWorkflowRun = async (options: WorkflowRunOptions): Promise<WorkflowRun> => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sp-run-')));
  const puppets = await openPuppets(root);
  const repository = makeRepository(join(root, 'origin'), options.files);
  const action = downloadAction(options.action ?? ROOT, join(root, '_actions/savepoint'));
  const runId = options.runId ?? newRunId();
  const jobs: Job[] = [];
  let attempt = 0;
  const start = (own: JobOptions = {}): JobRig => {
    const { runner: name = 'runner', wipe = true, clean = true, mode = 'read-write' } = own;
    if (jobs.some(({ isOver, machine }) => !isOver && machine.name === name)) {
      throw new Error(`the machine ${name} has a job; finish it, or name another machine`);
    }
    const machine = prepareMachine(root, repository, { name, wipe, clean });
    const identity = identityOf(options, own, { runId, attempt, sha: repository.sha() });
    const services = servicesFor(identity, options.github, mode);
    const tokens = [identity.token, services['ACTIONS_RUNTIME_TOKEN'] ?? ''];
    const job: Job = new Job({
      identity,
      machine,
      action,
      puppets,
      services,
      masks: createMasks([...tokens, ...(options.secrets ?? [])]),
      node: options.node ?? defaultNode(),
      env: options.env ?? {},
      onIdle: (lastWords) => {
        if (jobs.every((other) => other === job || other.isOver)) puppets.giveUp(lastWords);
      },
    });
    jobs.push(job);
    return rigOf(job);
  };
  return {
    runId,
    puppet: puppets.puppet,
    commit: repository.commit,
    attempt: (own) => {
      attempt++;
      return start(own);
    },
    sameAttempt: start,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(jobs.map((job) => job.machineLost()));
      await puppets.close();
      rmSync(root, { recursive: true, force: true, maxRetries: 3 });
    },
  };
};

/** Opens a run with one job in its first attempt. */
export const newJob = async (options: WorkflowRunOptions & JobOptions): Promise<OnlyJob> => {
  const run = await newWorkflowRun(options);
  const job = run.attempt(options);
  return Object.assign(job, { puppet: run.puppet, [Symbol.asyncDispose]: () => run[Symbol.asyncDispose]() });
};

let runs = 0;

/** As long as GitHub's ids, and unique within a test run. */
const newRunId = (): string => String(10_000_000_000 + process.pid * 1_000 + runs++);

type Moment = Pick<JobIdentity, 'runId' | 'attempt' | 'sha'>;

const identityOf = (options: WorkflowRunOptions, own: JobOptions, moment: Moment): JobIdentity => {
  const event = options.event ?? { name: 'push', ref: 'refs/heads/main' };
  return {
    ...moment,
    event,
    workflowRef: options.workflowRef ?? `${REPOSITORY}/.github/workflows/ci.yml@${event.ref}`,
    job: own.job ?? 'build',
    matrix: own.matrix ?? null,
    jobIndex: own.jobIndex ?? 0,
    jobTotal: own.jobTotal ?? 1,
    token: `ghs_${moment.runId}`,
    debug: own.debug ?? false,
  };
};

const servicesFor = (
  { runId, attempt, job, matrix, jobIndex, event }: JobIdentity,
  github: Services | undefined,
  mode: CacheMode,
): Readonly<Record<string, string>> => {
  const leg = matrix === null ? job : `${job} (${jobIndex})`;
  const base = event.baseRef === undefined ? {} : { baseRef: `refs/heads/${event.baseRef}` };
  return github?.environment({ runId, attempt, job: leg, ref: event.ref, mode, ...base }) ?? {};
};

const rigOf = (job: Job): JobRig => {
  const { workspace, runnerTemp, toolCache } = job.machine;
  const at = (path: string): string => join(workspace, path);
  return {
    runStep: job.runStep,
    shell: job.shell,
    finish: job.finish,
    machineLost: job.machineLost,
    get status() {
      return job.status;
    },
    attempt: job.identity.attempt,
    workspace,
    runnerTemp,
    toolCache,
    tree: () => readTree(workspace),
    read: (path) => readFileSync(at(path), 'utf8'),
    has: (path) => existsSync(at(path)),
    write: (path, content) => {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), content);
    },
  };
};
