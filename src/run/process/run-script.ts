import { shortDigest } from '../../base/hash.js';
import { ok, type Result } from '../../base/result.js';
import type { Json } from '../../base/stable-json.js';
import type { ProcessStep } from '../../language/model/pipeline.js';
import { EMPTY_LAYER, type Frame, type FrameLayer } from '../../evaluate/context/export-frame.js';
import type { StepInputs } from '../../evaluate/context/step-inputs.js';
import type { AbortScope } from '../context/abort-scope.js';
import { runAttempt, type Deadline } from './attempt.js';
import { allowedExports, parseKeyValues, parsePaths } from './command-files.js';
import type { Outcome } from '../context/ending.js';
import type { AttemptFiles, Command, RunningProcess } from '../context/ports.js';
import type { RunContext } from '../context/run-context.js';
import { learnSecrets } from '../context/secret-values.js';
import { scriptText, shellArgv, type Shell } from './shells.js';
import type { StepOutput } from './step-output.js';

/** The setting shared by all scripts of an attempt. */
export type ScriptSite = {
  readonly step: ProcessStep;
  readonly path: string;
  readonly inputs: StepInputs;
  readonly frame: Frame;
  readonly scope: AbortScope;
  /** The script's `SAVEPOINT_WORK_DIR`; absolute. */
  readonly workDir: string;
  /** Digest of the item and inputs around the step, so that a replaced item changes `SAVEPOINT_STEP_KEY`. */
  readonly values: string;
  /** From 1. */
  readonly attempt: number;
  readonly onStart: (process: RunningProcess) => void;
};

/** One script of an attempt. */
export type OneScript = ScriptSite & {
  readonly text: string;
  readonly shell: Shell;
  /** The exports of the attempt's earlier scripts. */
  readonly exported: FrameLayer;
  readonly deadline: Deadline | undefined;
  readonly output: StepOutput;
};

/** The outcome and results of a script. */
export type Found = {
  readonly outcome: Outcome;
  readonly outputs: Readonly<Record<string, Json>>;
  readonly exports: FrameLayer;
  /** Markdown for the summary. */
  readonly summary: string;
};

/** An outcome without results. */
export const nothingFound = (outcome: Outcome): Found => ({ outcome, outputs: {}, exports: EMPTY_LAYER, summary: '' });

/** Runs one script in its own process, then reads its command files. */
export const runScript = async (one: OneScript, context: RunContext): Promise<Found> => {
  const files = context.ports.scratch.open(scriptText(one.shell, one.text), one.shell.extension);
  if (!files.ok) return nothingFound({ kind: 'errored', message: `its script cannot be written: ${files.error}` });
  const outcome = await runAttempt(
    {
      command: commandOf(one, files.value, context),
      limits: {
        deadline: one.deadline,
        idleTimeoutMs: one.step.idleTimeoutMs,
        killGraceMs: one.step.killGraceMs,
      },
      scope: one.scope,
      onStart: one.onStart,
      onOutput: one.output.onOutput,
    },
    context.ports,
  );
  const read = readCommandFiles(one, files.value, context);
  if (read.ok) return { outcome, ...read.value };
  return nothingFound(outcome.kind === 'succeeded' ? { kind: 'failed', exitCode: 1, message: read.error } : outcome);
};

const commandOf = (one: OneScript, files: AttemptFiles, context: RunContext): Command => ({
  argv: shellArgv(one.shell, files.scriptFile),
  env: processEnvironment(one, files, context),
  cwd: workingDirectory(one.inputs.workingDirectory, context),
  splitStreams: readsStreamsApart(one.step),
});

/** The whole environment of a process: inherited, exported, declared, then Savepoint's own variables. */
const processEnvironment = (
  { path, values, frame, exported, inputs, attempt, workDir }: OneScript,
  files: AttemptFiles,
  context: RunContext,
): Readonly<Record<string, string>> => {
  const upstream = context.flatten(frame);
  const env = { ...context.environment.env, ...upstream.env, ...exported.env, ...inputs.env };
  const folders = [...exported.path.toReversed(), ...upstream.path];
  return {
    ...env,
    ...(folders.length > 0 && {
      PATH: [...folders, ...(env['PATH'] === undefined ? [] : [env['PATH']])].join(context.environment.pathDelimiter),
    }),
    GITHUB_OUTPUT: files.outputFile,
    GITHUB_ENV: files.envFile,
    GITHUB_PATH: files.pathFile,
    GITHUB_STEP_SUMMARY: files.summaryFile,
    SAVEPOINT_RUN_ID: context.runId,
    SAVEPOINT_WORK_DIR: workDir,
    SAVEPOINT_STEP: path,
    SAVEPOINT_ATTEMPT: String(attempt),
    SAVEPOINT_RESUMED: String(context.resumed),
    SAVEPOINT_STEP_KEY: shortDigest(`${context.runId}\n${path}${values}`),
  };
};

/** Streams are split only where something reads them separately; otherwise their lines stay in true order. */
const readsStreamsApart = (step: ProcessStep): boolean => capturesStreams(step) || step.outputFormat === 'json';

/** Whether the end of each stream is kept: an expression reads it, or it explains a tolerated failure. */
export const capturesStreams = (step: ProcessStep): boolean => step.captures || step.continueOnError;

const workingDirectory = (directory: string | undefined, { environment }: RunContext): string => {
  if (directory === undefined || directory === '' || directory === '.') return environment.workspace;
  return directory.startsWith('/') ? directory : `${environment.workspace}/${directory}`;
};

type Written = Omit<Found, 'outcome'>;

const readCommandFiles = (one: OneScript, files: AttemptFiles, context: RunContext): Result<Written> => {
  const texts = files.collect();
  if (!texts.ok) return texts;
  const env = parseKeyValues(texts.value.env, 'GITHUB_ENV');
  if (!env.ok) return env;
  const allowed = allowedExports(env.value);
  learnSecrets(allowed.env, context);
  for (const warning of allowed.warnings) context.recorder.warn(warning, one.path);
  const outputs = parseKeyValues(texts.value.output, 'GITHUB_OUTPUT');
  if (!outputs.ok) return outputs;
  const exports = { env: allowed.env, path: parsePaths(texts.value.path) };
  return ok({ outputs: outputs.value, exports, summary: texts.value.summary });
};
