import { type GitHubEmulator, startGitHub } from '../../rig/github/start-github.js';
import type { GivenInputs, JobEnd } from '../../rig/runner/job.js';
import type { StepResult } from '../../rig/runner/running-step.js';
import {
  type JobOptions,
  type JobRig,
  newWorkflowRun,
  type WorkflowRun,
  type WorkflowRunOptions,
} from '../../rig/runner/workflow-run.js';
import { isWordOnLeg } from '../../rig/github/checkpoint-entries.js';

/** GitHub with one workflow run. For `await using`. */
export type Scene = AsyncDisposable &
  Omit<WorkflowRun, 'attempt'> & {
    readonly github: GitHubEmulator;
    /** Starts a job in the next attempt; the test runs its steps. */
    readonly nextJob: WorkflowRun['attempt'];
    /** A whole job in the next attempt: other steps, the action, other steps, the posts. */
    readonly attempt: (options?: AttemptOptions) => Promise<Attempt>;
  };

/** The actions in an attempt. */
export type AttemptOptions = {
  /** The step of the pipeline, with `failsAt` in its script, that fails; default: none does. */
  readonly failAt?: string;
  readonly inputs?: GivenInputs;
  /** The inputs of the step that uses the action. */
  readonly env?: Readonly<Record<string, string>>;
  readonly job?: JobOptions;
  /** Scripts of the job's steps before and after the action. */
  readonly before?: string;
  readonly after?: string;
};

/** A finished attempt. */
export type Attempt = {
  readonly job: JobRig;
  /** The step that used the action. */
  readonly step: StepResult;
  /** The step after it; a success if there was none. */
  readonly after: Pick<StepResult, 'log' | 'conclusion'>;
  readonly end: JobEnd;
  /** The mark of each step of the pipeline, and the reason. */
  readonly steps: Readonly<Record<string, string>>;
};

/** Opens a scene whose repository has this pipeline. */
export const openScene = async (
  pipeline: string,
  options: Partial<Omit<WorkflowRunOptions, 'github'>> = {},
): Promise<Scene> => {
  const github = await startGitHub();
  const files = { 'savepoint.yml': pipeline, ...options.files };
  const run = await newWorkflowRun({ ...options, github, files });
  const { attempt: nextJob, ...others } = run;
  return {
    ...others,
    github,
    nextJob,
    attempt: (own = {}) => wholeAttempt(nextJob(own.job), own),
    [Symbol.asyncDispose]: async () => {
      await run[Symbol.asyncDispose]();
      await github[Symbol.asyncDispose]();
    },
  };
};

/** For the end of a step's script: fails in attempts whose `failsAt` is this step. */
export const failsAt = (id: string): string => `[[ $FAIL_AT != ${id} ]]`;

/** The mark of each step of the pipeline by its name, and the reason, as the job summary shows them. */
export const stepsIn = ({ summary }: StepResult): Readonly<Record<string, string>> =>
  Object.fromEntries(
    summary
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(2)
      .map((line) => line.split(' | ').map((cell) => cell.replaceAll(/^\| ?| ?\|$|\\|&emsp;/g, '').trim()))
      .map(([mark = '', name = '', _time, _tries, why = '']) => [name, `${mark} ${why}`.trim()]),
  );

/** The text of every warning of the steps of an attempt. */
export const warningsOf = ({ step, end }: Attempt): readonly string[] =>
  [step, ...end.posts].flatMap(({ annotations }) =>
    annotations.filter(({ kind }) => kind === 'warning').map(({ message }) => message),
  );

/** Settles once that many parts of checkpoints were saved. */
export const untilSaved = async ({ requests, untilRequest }: GitHubEmulator, count: number): Promise<void> => {
  const isSaved = ({ call, status, body }: (typeof requests)[number]): boolean =>
    call === 'FinalizeCacheEntryUpload' && status === 200 && !isWordOnLeg(JSON.stringify(body));
  await untilRequest(() => requests.filter(isSaved).length >= count);
};

const wholeAttempt = async (job: JobRig, options: AttemptOptions): Promise<Attempt> => {
  const { inputs, env, failAt = 'none', before, after } = options;
  if (before !== undefined) await job.shell(before);
  const step = await job.runStep(inputs, { env: { ...env, FAIL_AT: failAt } }).ended;
  const later = after === undefined ? { log: '', conclusion: 'success' as const } : await job.shell(after);
  return { job, step, after: later, end: await job.finish(), steps: stepsIn(step) };
};
