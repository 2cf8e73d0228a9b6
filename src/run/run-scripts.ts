import { ok, type Result } from '../base/result.js';
import type { ProcessStep } from '../language/pipeline.js';
import { EMPTY_LAYER, mergeLayers, type Frame, type FrameLayer } from '../plan/export-frame.js';
import type { StepInputs } from '../plan/step-inputs.js';
import type { AbortScope } from './abort-scope.js';
import { runAttempt, type Deadline } from './attempt.js';
import { allowedExports, parseKeyValues, parsePaths } from './command-files.js';
import type { Outcome } from './ending.js';
import type { AttemptFiles, Command, RunningProcess } from './ports.js';
import type { RunContext } from './run-context.js';
import { learnSecrets } from './secret-values.js';
import { findShell, scriptText, shellArgv, type Shell } from './shells.js';
import { processEnvironment } from './step-environment.js';
import { createStepOutput, type StepOutput } from './step-output.js';

/** The scripts of one attempt of a step, and what they run in. */
export type Scripts = {
  readonly step: ProcessStep;
  readonly path: string;
  readonly inputs: StepInputs;
  readonly frame: Frame;
  readonly scope: AbortScope;
  readonly attempt: number;
  readonly onStart: (process: RunningProcess) => void;
};

/** What the scripts of an attempt came to. */
export type ScriptsEnding = {
  readonly outcome: Outcome;
  readonly outputs: Readonly<Record<string, string>>;
  readonly exports: FrameLayer;
  readonly stdout: string;
  readonly stderr: string;
};

/** Runs a step's script, or its commands one after the other until one fails; exports of a command reach the next. */
export const runScripts = async (scripts: Scripts, context: RunContext): Promise<ScriptsEnding> => {
  const { step, path } = scripts;
  const log = context.ports.logs.open(path);
  const output = createStepOutput({
    masker: context.masker,
    log,
    display: (chunk) => {
      context.ports.display.output(path, chunk);
    },
    annotation: (annotation) => {
      context.ports.display.annotation(path, annotation);
    },
    capture: capturesOf(step),
  });
  const { summary, ...found } = await runEach(scripts, output, context);
  const { stdout, stderr } = output.end();
  const stored = log.close();
  if (!stored.ok) context.recorder.warn(`the log of "${path}" is not complete: ${stored.error}`, path);
  keepSummary(path, summary, context);
  return { ...found, stdout, stderr };
};

/** Streams are kept apart only where something reads them apart; otherwise they stay in true order. */
const capturesOf = (step: ProcessStep): boolean => step.captures || step.continueOnError;

type Found = Omit<ScriptsEnding, 'stdout' | 'stderr'> & { readonly summary: string };

const runEach = async (scripts: Scripts, output: StepOutput, context: RunContext): Promise<Found> => {
  const { step } = scripts;
  const shell = findShell(step.shell, context.place.hasProgram);
  if (!shell.ok) return nothingFound({ kind: 'errored', message: shell.error });
  const deadline = deadlineOf(step, context);
  let found = nothingFound({ kind: 'succeeded' });
  for (const text of step.kind === 'script' ? [step.run] : step.commands) {
    const one = { ...scripts, text, shell: shell.value, exported: found.exports, deadline, output };
    found = foundAfter(found, await runOne(one, context));
    if (found.outcome.kind !== 'succeeded') break;
  }
  return found;
};

/** One deadline for all commands of a step. */
const deadlineOf = ({ timeoutMs }: ProcessStep, { ports }: RunContext): Deadline | undefined =>
  timeoutMs === undefined ? undefined : { atMs: ports.clock.now() + timeoutMs, timeoutMs };

const foundAfter = (before: Found, found: Found): Found => ({
  outcome: found.outcome,
  outputs: { ...before.outputs, ...found.outputs },
  exports: mergeLayers([before.exports, found.exports]),
  summary: before.summary + found.summary,
});

type OneScript = Scripts & {
  readonly text: string;
  readonly shell: Shell;
  readonly exported: FrameLayer;
  readonly deadline: Deadline | undefined;
  readonly output: StepOutput;
};

const runOne = async (one: OneScript, context: RunContext): Promise<Found> => {
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

const nothingFound = (outcome: Outcome): Found => ({ outcome, outputs: {}, exports: EMPTY_LAYER, summary: '' });

const commandOf = (one: OneScript, files: AttemptFiles, context: RunContext): Command => ({
  argv: shellArgv(one.shell, files.scriptFile),
  env: processEnvironment(
    {
      path: one.path,
      frame: one.frame,
      exported: one.exported,
      declared: one.inputs.env,
      attempt: one.attempt,
      files,
    },
    context,
  ),
  cwd: workingDirectory(one.inputs.workingDirectory, context),
  splitStreams: capturesOf(one.step),
});

const workingDirectory = (directory: string | undefined, { place }: RunContext): string => {
  if (directory === undefined || directory === '' || directory === '.') return place.workspace;
  return directory.startsWith('/') ? directory : `${place.workspace}/${directory}`;
};

type Written = Pick<Found, 'outputs' | 'exports' | 'summary'>;

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

const keepSummary = (path: string, markdown: string, { ports, masker, recorder }: RunContext): void => {
  if (markdown === '') return;
  const stored = ports.logs.summary(path, masker.text(markdown));
  if (!stored.ok) recorder.warn(`the summary of "${path}" is not stored: ${stored.error}`, path);
};
