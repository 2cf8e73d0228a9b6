import type { JobStatus } from './job-contexts.js';
import { groupsOf, type LogGroup } from './log-groups.js';
import type { Masks } from './masks.js';
import { type Annotation, StepLog } from './step-log.js';
import type { StepFiles } from './step-files.js';
import { startStepProcess, type StepCommand, type StepExit, type StepProcess } from './step-process.js';

/** The results of a step, as the runner sees them. */
export type StepResult = StepExit & {
  readonly conclusion: JobStatus;
  /** The log as GitHub shows it: secrets masked, commands executed, annotations as `##[error]…`. */
  readonly log: string;
  readonly groups: readonly LogGroup[];
  readonly annotations: readonly Annotation[];
  readonly matchers: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Variables that later steps of the job get. */
  readonly env: Readonly<Record<string, string>>;
  /** Folders that later steps have on their search path; later ones come first. */
  readonly path: readonly string[];
  /** The state that main saves for post. */
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
};

/** A step while it runs. */
export type RunningStep = {
  readonly pid: number;
  readonly ended: Promise<StepResult>;
  /** The log so far. */
  readonly log: () => string;
  /** Settles when a line with this text is shown; rejects when the step ends without it. */
  readonly untilShown: (text: string) => Promise<void>;
  /** The user cancels the job: SIGINT to the step's own process, after 7.5 s SIGTERM, after 2.5 s more SIGKILL. */
  readonly cancel: () => Promise<StepResult>;
  /** SIGKILL of the step's own process, as when memory runs out. Its child processes live on, and the job continues with post. */
  readonly killHard: () => Promise<StepResult>;
  /** The machine is switched off: everything ends at once, and there is no post. */
  readonly machineLost: () => Promise<void>;
};

/** The parts of a job that a step needs. */
export type StepSetting = {
  readonly command: Omit<StepCommand, 'onLine'>;
  readonly files: StepFiles;
  readonly masks: Masks;
  readonly debug: boolean;
  /** Lines that the runner logs before the step starts. */
  readonly warnings?: readonly string[];
  /** Whether the log names a failing exit code, as it does for scripts. */
  readonly saysExitCode?: boolean;
  /** Called first when the step ends. */
  readonly onEnd: (result: StepResult) => void;
  readonly onCancel: () => void;
  readonly machineLost: () => Promise<void>;
};

/** Starts a step and reads its output and files as the runner does. */
export const startStep = (setting: StepSetting): RunningStep => {
  const log = new StepLog(setting);
  let isCancelled = false;
  for (const warning of setting.warnings ?? []) log.annotate('warning', warning);
  const step: StepProcess = startStepProcess({ ...setting.command, onLine: (line) => log.take(line) });
  const ended = step.ended.then((exit) => {
    const result = resultOf(exit, { ...setting, log, isCancelled });
    log.close();
    setting.onEnd(result);
    return result;
  });
  return {
    pid: step.pid,
    ended,
    log: () => log.text(),
    untilShown: (text) => log.untilShown(text),
    cancel: async () => {
      isCancelled = true;
      setting.onCancel();
      await step.cancel();
      return ended;
    },
    killHard: () => {
      step.killHard();
      return ended;
    },
    machineLost: setting.machineLost,
  };
};

type Ending = StepSetting & { readonly log: StepLog; readonly isCancelled: boolean };

const resultOf = (exit: StepExit, { log, files, masks, saysExitCode, isCancelled }: Ending): StepResult => {
  const hasFailed = exit.exitCode !== 0;
  if (saysExitCode === true && hasFailed) log.annotate('error', `Process completed with exit code ${exit.exitCode}.`);
  const told = files.process(log, masks);
  return {
    ...exit,
    conclusion: isCancelled ? 'cancelled' : hasFailed || log.hasFailed ? 'failure' : 'success',
    log: log.text(),
    groups: groupsOf(log.text()),
    annotations: log.annotations,
    matchers: log.matchers,
    outputs: Object.fromEntries([...log.outputs, ...told.outputs]),
    env: Object.fromEntries(told.env),
    path: told.path,
    state: Object.fromEntries([...log.state, ...told.state]),
    summary: told.summary,
  };
};
