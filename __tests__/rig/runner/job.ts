import { randomUUID } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Puppets } from '../puppets.js';
import type { Action } from './action-folder.js';
import { type Contexts, evaluateCondition, evaluateTemplate } from './evaluate-template.js';
import { contextsOf, contextVariables, type JobIdentity, type JobStatus } from './job-contexts.js';
import type { Machine } from './machine.js';
import type { Masks } from './masks.js';
import { type RunningStep, startStep, type StepResult } from './running-step.js';
import { makeStepFiles, type StepFiles } from './step-files.js';
import { killEverything, type SweptProcess, sweepProcesses } from './tracked-processes.js';

/** The inputs under `with:`, by name. */
export type GivenInputs = Readonly<Record<string, string>>;

/** The properties of one step of the workflow. */
export type StepOptions = {
  /** The id of the step in the workflow file; without one the runner makes up a name. */
  readonly id?: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** How a job ended. */
export type JobEnd = {
  readonly status: JobStatus;
  /** In the order they ran, which begins with that of the last step. */
  readonly posts: readonly StepResult[];
  /** The result of the only post; throws if there was none or more than one. */
  readonly post: StepResult;
  /** The processes that were still running after all posts and had to be ended. */
  readonly swept: readonly SweptProcess[];
};

/** The parts of a job. */
export type JobSetting = {
  readonly identity: JobIdentity;
  readonly machine: Machine;
  readonly action: Action;
  readonly masks: Masks;
  readonly puppets: Puppets;
  readonly node: string;
  /** The `env:` of the workflow. */
  readonly env: Readonly<Record<string, string>>;
  /** The access to GitHub's services, which only actions get. */
  readonly services: Readonly<Record<string, string>>;
  /** Called when the last process of the job has ended, with its log. */
  readonly onIdle: (lastWords: string) => void;
};

/** One job on its machine, from after the checkout to the final cleanup (`JobRunner`, `ActionRunner`, `JobExtension` in actions/runner). */
export class Job {
  readonly machine: Machine;
  readonly identity: JobIdentity;
  status: JobStatus = 'success';
  isOver = false;
  readonly #setting: JobSetting;
  readonly #trackingId = `github_${randomUUID()}`;
  readonly #contexts: Contexts;
  readonly #running = new Set<RunningStep>();
  readonly #posts: PostStep[] = [];
  readonly #names = new Map<string, number>();
  #env: Readonly<Record<string, string>> = {};
  #path: readonly string[] = [];

  constructor(setting: JobSetting) {
    this.#setting = setting;
    this.machine = setting.machine;
    this.identity = setting.identity;
    this.#contexts = contextsOf(setting.identity, setting.machine);
  }

  /** Starts the action as a step of the job. */
  readonly runStep = (inputs: GivenInputs = {}, options: StepOptions = {}): RunningStep => {
    const name = options.id ?? this.#unnamed('__savepoint-ci_savepoint');
    const step = this.#startAction({ inputs, env: options.env ?? {}, name, state: {} }, this.#setting.action.main);
    this.#posts.push({ inputs, env: options.env ?? {}, name, main: step });
    return step;
  };

  /** Runs a script as another step of the job, even after a failure. */
  readonly shell = async (script: string, options: StepOptions = {}): Promise<StepResult> => {
    const name = options.id ?? this.#unnamed('__run');
    const file = join(this.machine.runnerTemp, `${randomUUID()}.sh`);
    mkdirSync(this.machine.runnerTemp, { recursive: true });
    writeFileSync(file, script);
    const files = makeStepFiles(this.machine.runnerTemp);
    const env = this.#environment({ files, name, own: options.env ?? {} });
    return this.#start({ argv: ['bash', '-e', file], env, files, saysExitCode: true }).ended;
  };

  /** Finishes the job: runs the posts in reverse order, then ends every process that still runs. */
  readonly finish = async (options: { readonly status?: JobStatus } = {}): Promise<JobEnd> => {
    if (this.isOver) throw new Error('this job is over');
    this.status = options.status ?? this.status;
    const posts: StepResult[] = [];
    for (const step of this.#posts.toReversed()) {
      const post = await this.#runPost(step);
      if (post !== undefined) posts.push(post);
    }
    const swept = sweepProcesses(this.#trackingId);
    this.isOver = true;
    this.#setting.onIdle('the job ended');
    const { status } = this;
    return {
      status,
      posts,
      swept,
      get post() {
        const [only, ...others] = posts;
        if (only === undefined || others.length > 0) throw new Error(`this job had ${posts.length} posts`);
        return only;
      },
    };
  };

  /** The machine is switched off. */
  readonly machineLost = async (): Promise<void> => {
    this.isOver = true;
    const running = [...this.#running];
    killEverything(
      running.map(({ pid }) => pid),
      this.#trackingId,
    );
    await Promise.all(running.map(({ ended }) => ended));
  };

  async #runPost({ main, ...step }: PostStep): Promise<StepResult | undefined> {
    const { state } = await main.ended;
    const { post, postIf } = this.#setting.action;
    if (post === undefined || !evaluateCondition(postIf, this.#contexts, this.status)) return undefined;
    return this.#startAction({ ...step, state }, post).ended;
  }

  #startAction({ inputs, env: own, name, state }: ActionStep, script: string): RunningStep {
    const { action, services, node } = this.#setting;
    const contexts = { ...this.#contexts, job: { status: this.status } };
    const defaults = [...action.defaults].map(([key, text]) => [key, evaluateTemplate(text, contexts)]);
    const all = { ...(Object.fromEntries(defaults) as GivenInputs), ...inputs };
    const files = makeStepFiles(this.machine.runnerTemp);
    const env = {
      ...this.#environment({ files, name, own }),
      GITHUB_ACTION_REPOSITORY: 'savepoint-ci/savepoint',
      GITHUB_ACTION_REF: 'v1',
      ...services,
      ...renamed(all, (key) => `INPUT_${key.replaceAll(' ', '_').toUpperCase()}`),
      ...renamed(state, (key) => `STATE_${key}`),
    };
    return this.#start({ argv: [node, script], env, files, warnings: unexpected(inputs, action) });
  }

  #start({ argv, env, files, ...more }: Start): RunningStep {
    if (this.isOver) throw new Error('this job is over');
    const { masks, identity } = this.#setting;
    const step = startStep({
      command: { argv, env, cwd: this.machine.workspace },
      files,
      masks,
      debug: identity.debug,
      ...more,
      onEnd: (result) => {
        this.#running.delete(step);
        this.#take(result);
      },
      onCancel: () => {
        this.status = 'cancelled';
      },
      machineLost: this.machineLost,
    });
    this.#running.add(step);
    return step;
  }

  #take({ env, path, conclusion, exitCode, log }: StepResult): void {
    this.#env = { ...this.#env, ...env };
    this.#path = [...this.#path.filter((folder) => !path.includes(folder)), ...path];
    if (this.status === 'success') this.status = conclusion;
    if (this.#running.size === 0) this.#setting.onIdle(`the step ended with ${exitCode}:\n${log}`);
  }

  #environment({ files, name, own }: Surroundings): Readonly<Record<string, string>> {
    const { machine, puppets, identity, env } = this.#setting;
    const given = { PATH: process.env['PATH'] ?? '', ...env, ...this.#env, ...own };
    return {
      HOME: machine.home,
      TMPDIR: machine.tmp,
      LANG: 'C.UTF-8',
      CI: 'true',
      ...given,
      PATH: [...this.#path.toReversed(), puppets.binFolder, given.PATH].join(':'),
      GITHUB_ACTIONS: 'true',
      ...contextVariables(identity, machine),
      ...renamed(files.paths, (key) => `GITHUB_${key.toUpperCase()}`),
      GITHUB_ACTION: name,
      RUNNER_TRACKING_ID: this.#trackingId,
    };
  }

  /** `__run`, `__run_2` and so on. */
  #unnamed(name: string): string {
    const count = (this.#names.get(name) ?? 0) + 1;
    this.#names.set(name, count);
    return count === 1 ? name : `${name}_${count}`;
  }
}

type ActionStep = {
  readonly inputs: GivenInputs;
  readonly env: Readonly<Record<string, string>>;
  readonly name: string;
  readonly state: Readonly<Record<string, string>>;
};

type PostStep = Omit<ActionStep, 'state'> & { readonly main: RunningStep };

type Surroundings = {
  readonly files: StepFiles;
  readonly name: string;
  readonly own: Readonly<Record<string, string>>;
};

type Start = {
  readonly argv: readonly [program: string, ...args: string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly files: StepFiles;
  readonly saysExitCode?: boolean;
  readonly warnings?: readonly string[];
};

const unexpected = (inputs: GivenInputs, { defaults }: Action): readonly string[] => {
  const names = Object.keys(inputs).filter((name) => !defaults.has(name));
  const valid = [...defaults.keys()].join("', '");
  return names.length === 0 ? [] : [`Unexpected input(s) '${names.join("', '")}', valid inputs are ['${valid}']`];
};

const renamed = (
  values: Readonly<Record<string, string>>,
  rename: (name: string) => string,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [rename(name), value]));
