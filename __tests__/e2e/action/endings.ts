import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { newTempFolder, type TempFolder } from '../../machine/temp-folder.js';
import type { GitHubEmulator } from '../../rig/github/start-github.js';
import type { LoggedRequest } from '../../rig/github/request-log.js';
import type { JobEnd } from '../../rig/runner/job.js';
import type { RunningStep, StepResult } from '../../rig/runner/running-step.js';
import type { JobOptions, JobRig, WorkflowRunOptions } from '../../rig/runner/workflow-run.js';
import { openScene, type Scene } from './scenes.js';

/** A scene whose steps record that they ran in a file that no restore can undo. */
export type Trail = Scene & {
  /** Every start of a step so far, as `<id>@<attempt of the job>`. */
  readonly trail: () => readonly string[];
  /** An attempt in which these puppets end in turn; steps that wait for other puppets never end. */
  readonly goOn: (puppets?: readonly string[], job?: JobOptions) => Promise<WholeAttempt>;
};

/** A finished attempt. */
export type WholeAttempt = { readonly job: JobRig; readonly step: StepResult; readonly end: JobEnd };

/** Differences from the usual trail. */
export type TrailOptions = Partial<Omit<WorkflowRunOptions, 'github'>> & {
  /** Keys of the pipeline before its steps. */
  readonly head?: string;
  /** A tar whose arguments have this text in them first waits for the puppet `tar`. */
  readonly holdTarAt?: string;
};

/** Opens a scene with these steps, each of which is or contains a step made by `leaf`. */
export const openTrail = async (steps: readonly string[], options: TrailOptions = {}): Promise<Trail> => {
  const { head = '', holdTarAt, env, ...others } = options;
  const temp = newTempFolder();
  const pipeline = `${head}\nsteps:\n${steps.map((step) => `  - ${step}\n`).join('')}`;
  const path = holdTarAt === undefined ? {} : { PATH: `${makeHeldTar(temp, holdTarAt)}:${process.env['PATH'] ?? ''}` };
  const scene = await openScene(pipeline, { ...others, env: { ...env, ...path, TRAIL: temp.at('trail') } });
  return {
    ...scene,
    trail: () => (existsSync(temp.at('trail')) ? readFileSync(temp.at('trail'), 'utf8').split('\n').slice(0, -1) : []),
    goOn: async (puppets = [], own = {}) => {
      const job = scene.nextJob(own);
      const running = job.runStep();
      for (const name of puppets) (await scene.puppet(name).nextInvocation()).exit(0);
      const step = await running.ended;
      return { job, step, end: await job.finish() };
    },
    [Symbol.asyncDispose]: async () => {
      await scene[Symbol.asyncDispose]();
      temp[Symbol.dispose]();
    },
  };
};

/** A step that leaves its name on the trail and a file in the workspace, then does more. */
export const leaf = (id: string, more = 'true'): string =>
  `{ id: ${id}, shell: sh, run: 'echo "${id}@$GITHUB_RUN_ATTEMPT" >> "$TRAIL"; echo ${id} > ${id}.txt; ${more}' }`;

/** A step that ends when the puppet of its name does, with the same exit code. */
export const held = (id: string): string => leaf(id, `puppet ${id}`);

/** For the head of a pipeline: finished steps are uploaded right away. */
export const UPLOADS_AT_ONCE = 'checkpoint: { min_interval: 0s }';

/** Starts the action and lets these puppets succeed, so that the next step is running. */
export const startAndPass = async (
  scene: Pick<Scene, 'nextJob' | 'puppet'>,
  puppets: readonly string[] = [],
): Promise<{ readonly job: JobRig; readonly step: RunningStep }> => {
  const job = scene.nextJob();
  const step = job.runStep();
  for (const name of puppets) (await scene.puppet(name).nextInvocation()).exit(0);
  return { job, step };
};

/** Settles once a request of that name has arrived and has no answer yet. */
export const untilHanging = (github: GitHubEmulator, call: string, method = 'POST'): Promise<LoggedRequest> =>
  github.untilRequest((request) => request.call === call && request.method === method && request.status === undefined);

/** The messages of one kind. */
export const messagesOf = (kind: 'error' | 'warning', ...steps: readonly StepResult[]): readonly string[] =>
  steps.flatMap(({ annotations }) => annotations.filter((one) => one.kind === kind).map(({ message }) => message));

const makeHeldTar = (temp: TempFolder, text: string): string => {
  const script = `#!/bin/sh\ncase "$*" in *'${text}'*) puppet tar "$@";; esac\nexec /usr/bin/tar "$@"\n`;
  chmodSync(temp.write('bin/tar', script), 0o755);
  return temp.at('bin');
};
