import { scriptsOf } from '../../evaluate/kinds/kinds.js';
import type { ProcessStep } from '../../language/model/pipeline.js';
import { mergeLayers } from '../../evaluate/context/export-frame.js';
import { describeOutcome, type Deadline } from './attempt.js';
import type { Outcome } from '../context/ending.js';
import { createJsonOutput, type JsonOutput } from './json-output.js';
import { createOutputTail, type OutputTail } from './output-tail.js';
import type { LogFile } from '../context/ports.js';
import type { RunContext } from '../context/run-context.js';
import { capturesStreams, nothingFound, runScript, type Found, type OneScript, type ScriptSite } from './run-script.js';
import { findShell, type Shell } from './shells.js';
import { createStepOutput, type StepOutput } from './step-output.js';

/** The scripts of one attempt, their setting, and the step's log. */
export type Scripts = ScriptSite & { readonly log: LogFile };

/** The outcome and results of an attempt's scripts. */
export type ScriptsEnding = Found & {
  readonly stdout: string;
  readonly stderr: string;
  /** The last 64 KiB of all output, masked; empty unless `retry.match` is set. */
  readonly tail: string;
};

/**
 * Runs the scripts of one attempt: `retry.before` first, from the second attempt on, then the step's script, or its
 * commands in turn. Each script gets the exports of the earlier ones.
 */
export const runScripts = async (scripts: Scripts, context: RunContext): Promise<ScriptsEnding> => {
  const { step, attempt } = scripts;
  const shell = findShell(scripts.inputs.shell, context.environment.hasProgram);
  if (!shell.ok)
    return { ...nothingFound({ kind: 'errored', message: shell.error }), stdout: '', stderr: '', tail: '' };
  const tail = step.retry?.match === undefined ? undefined : createOutputTail(TAIL_BYTES);
  const setup = { scripts, shell: shell.value, deadline: deadlineOf(step, context), tail };
  const before = attempt > 1 ? step.retry?.before : undefined;
  const prepared = before === undefined ? undefined : await runPart({ texts: [before] }, setup, context);
  const ended =
    prepared === undefined || prepared.outcome.kind === 'succeeded'
      ? await runStepScripts(step, { setup, after: prepared }, context)
      : failedBefore(prepared);
  return { ...ended, tail: tail?.text() ?? '' };
};

const TAIL_BYTES = 64 * 1024;

/** One deadline for all scripts of an attempt. */
const deadlineOf = ({ timeoutMs }: ProcessStep, { ports }: RunContext): Deadline | undefined =>
  timeoutMs === undefined ? undefined : { atMs: ports.clock.now() + timeoutMs, timeoutMs };

const NOTHING_YET: Found = nothingFound({ kind: 'succeeded' });

/** Scripts whose output is handled together, and the results of the scripts before them. */
type Part = {
  readonly texts: readonly string[];
  /** A failed script does not keep the next from running. */
  readonly continues?: boolean;
  readonly after?: Found | undefined;
  readonly json?: JsonOutput | undefined;
};

type ScriptSetup = {
  readonly scripts: Scripts;
  readonly shell: Shell;
  readonly deadline: Deadline | undefined;
  readonly tail: OutputTail | undefined;
};

type PartEnding = Omit<ScriptsEnding, 'tail'>;

const runStepScripts = async (
  step: ProcessStep,
  { setup, after }: { readonly setup: ScriptSetup; readonly after: Found | undefined },
  context: RunContext,
): Promise<PartEnding> => {
  const json = step.outputFormat === 'json' ? createJsonOutput() : undefined;
  const ended = await runPart({ ...scriptsOf(step), after, json }, setup, context);
  return json === undefined ? ended : withJson(ended, json);
};

const runPart = async (part: Part, setup: ScriptSetup, context: RunContext): Promise<PartEnding> => {
  const output = openOutput(part, setup, context);
  const { scripts, shell, deadline } = setup;
  const found = await runEach(part, { ...scripts, shell, deadline, output }, context);
  return { ...found, ...output.end() };
};

const openOutput = ({ json }: Part, { scripts, tail }: ScriptSetup, { masker, ports }: RunContext): StepOutput => {
  const { step, path, log } = scripts;
  return createStepOutput({
    masker,
    log,
    display: (chunk) => {
      ports.display.output(path, chunk);
    },
    annotation: (annotation) => {
      ports.display.annotation(path, annotation);
    },
    capture: capturesStreams(step),
    ...(tail !== undefined && { tail }),
    ...(json !== undefined && { stdout: json.push }),
  });
};

type EachScript = Omit<OneScript, 'text' | 'exported'>;

/** Runs scripts in turn until one fails. With `continues`, only a timeout, an abort or an error ends it early. */
const runEach = async (
  { texts, continues = false, after = NOTHING_YET }: Part,
  each: EachScript,
  context: RunContext,
): Promise<Found> => {
  const failures: Failed[] = [];
  let found = after;
  for (const text of texts) {
    found = foundAfter(found, await runScript({ ...each, text, exported: found.exports }, context));
    if (continues && found.outcome.kind === 'failed') failures.push(found.outcome);
    else if (found.outcome.kind !== 'succeeded') return found;
  }
  const [first] = failures;
  return first === undefined ? found : { ...found, outcome: failedTogether(first, failures.length, texts.length) };
};

const foundAfter = (before: Found, found: Found): Found => ({
  outcome: found.outcome,
  outputs: { ...before.outputs, ...found.outputs },
  exports: mergeLayers([before.exports, found.exports]),
  summary: before.summary + found.summary,
});

type Failed = Extract<Outcome, { readonly kind: 'failed' }>;

const failedTogether = (first: Failed, count: number, ofAll: number): Failed => ({
  kind: 'failed',
  exitCode: first.exitCode,
  message: `${String(count)} of ${String(ofAll)} commands failed; the first: ${describeOutcome(first)}`,
});

/** Names `retry.before` in the message of its failure. */
const failedBefore = (ended: PartEnding): PartEnding =>
  ended.outcome.kind === 'failed'
    ? { ...ended, outcome: { ...ended.outcome, message: `retry.before: ${describeOutcome(ended.outcome)}` } }
    : ended;

/** Adds printed JSON to the outputs; `GITHUB_OUTPUT` wins. Bad JSON fails only an attempt that succeeded. */
const withJson = (ended: PartEnding, json: JsonOutput): PartEnding => {
  const printed = json.outputs();
  if (printed.ok) return { ...ended, outputs: { ...printed.value, ...ended.outputs } };
  if (ended.outcome.kind !== 'succeeded') return ended;
  return { ...ended, outcome: { kind: 'failed', exitCode: 0, message: printed.error } };
};
