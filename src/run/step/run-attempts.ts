import { invariant } from '../../base/assert.js';
import type { ProcessStep, Retry } from '../../language/model/pipeline.js';
import type { StepInputs } from '../../evaluate/context/step-inputs.js';
import type { Produced } from '../../state/event.js';
import type { AbortScope } from '../context/abort-scope.js';
import { exitCodeOf } from '../process/attempt.js';
import { showUnsettled } from './begun-step.js';
import type { Outcome } from '../context/ending.js';
import { checkProduced } from '../process/expect.js';
import type { Clock, LogFile, Random } from '../context/ports.js';
import { producedBy, sumOf } from '../process/produced.js';
import type { RunContext, StepStart } from '../context/run-context.js';
import { runScripts, type ScriptsEnding } from '../process/run-scripts.js';

/** A step ready for its attempts. */
export type Tried = StepStart & { readonly step: ProcessStep; readonly path: string; readonly inputs: StepInputs };

/** The last attempt of a step, and its storable results. */
export type LastAttempt = { readonly ended: ScriptsEnding; readonly produced: Omit<Produced, 'duration_ms'> };

/**
 * Tries a step until an attempt succeeds and its checks hold, or no attempt is left. All attempts share one log; every
 * other result is the last attempt's. The step frees its slot while it waits for the next attempt. Expressions see the
 * last attempt's result (`RunContext.unsettled`).
 */
export const runAttempts = async (tried: Tried, context: RunContext): Promise<LastAttempt> => {
  const { path } = tried;
  const log = createAttemptsLog(context.ports.logs.open(path));
  const last = await tryUntilDone({ tried, log }, context);
  const stored = log.close();
  if (!stored.ok) context.recorder.warn(`the log of "${path}" is not complete: ${stored.error}`, path);
  return last;
};

type Trying = { readonly tried: Tried; readonly log: AttemptsLog };

const tryUntilDone = async ({ tried, log }: Trying, context: RunContext): Promise<LastAttempt> => {
  for (let number = 1; ; number += 1) {
    if (number > 1) log.beginAttempt(number, tried.step.retry?.attempts ?? number);
    const last = await runOne(number, { tried, log }, context);
    const nextInMs = concludeAttempt(number, { tried, last }, context);
    if (nextInMs === undefined) return last;
    if (!(await waitForNext(nextInMs, tried, context))) return stopped(tried, last, context);
  }
};

const runOne = async (number: number, { tried, log }: Trying, context: RunContext): Promise<LastAttempt> => {
  const { step, path, inputs, site } = tried;
  const ended = await runScripts(
    {
      step,
      path,
      inputs,
      log,
      frame: site.frames.live,
      scope: site.scope,
      workDir: site.workDir,
      values: site.values,
      attempt: number,
      onStart: ({ pid, processStart }) => {
        context.recorder.emit({ type: 'attempt_started', step: path, try: number, pid, process_start: processStart });
      },
    },
    context,
  );
  const left = leftBy(tried, ended, context);
  return ended.outcome.kind === 'succeeded' && step.expect.length > 0 ? checked(tried, left, context) : left;
};

/** The results of an attempt, shown to expressions from now on. */
const leftBy = ({ step, path }: Tried, ended: ScriptsEnding, context: RunContext): LastAttempt => {
  const produced = producedBy(step, { path, ended }, context);
  showUnsettled(path, { ...sumOf(ended.outcome), produced }, context);
  return { ended, produced };
};

/** Checks the results of a successful attempt; a failed check makes it a failed attempt. */
const checked = async (tried: Tried, left: LastAttempt, context: RunContext): Promise<LastAttempt> => {
  const { step, path, scopes } = tried;
  const { error, warnings } = await checkProduced(step.expect, { path, scope: scopes.live }, context);
  const failed: Outcome | undefined = error === undefined ? undefined : { kind: 'failed', exitCode: 0, message: error };
  const last = failed === undefined ? left : leftBy(tried, { ...left.ended, outcome: failed }, context);
  return warnings.length === 0 ? last : { ...last, produced: { ...last.produced, warnings } };
};

/** Records a failed attempt; returns the milliseconds until the next one, or undefined if there is none. */
const concludeAttempt = (
  number: number,
  { tried: { step, path }, last: { ended } }: { readonly tried: Tried; readonly last: LastAttempt },
  { recorder, ports }: RunContext,
): number | undefined => {
  const { outcome, tail } = ended;
  const { status, error } = sumOf(outcome);
  if (error === undefined) return undefined;
  const nextInMs = nextAttemptInMs(step.retry, { number, outcome, tail }, ports.random);
  recorder.emit({
    type: 'attempt_failed',
    step: path,
    try: number,
    status,
    error,
    exit_code: exitCodeOf(outcome),
    ...(nextInMs !== undefined && { next_in_ms: nextInMs }),
  });
  return nextInMs;
};

/** False when the step was stopped while it waited. */
const waitForNext = async (
  ms: number,
  { claimed, site: { scope } }: Tried,
  { ports }: RunContext,
): Promise<boolean> => {
  if (ms === 0) return scope.cause() === undefined;
  claimed.pause();
  await pass(ms, scope, ports.clock);
  return claimed.resume(scope);
};

const pass = async (ms: number, scope: AbortScope, clock: Clock): Promise<void> => {
  let release = (): void => undefined;
  await new Promise<void>((resolve) => {
    const cancel = clock.after(ms, resolve);
    const leave = scope.onAbort(() => {
      resolve();
    });
    release = () => {
      cancel();
      leave();
    };
  });
  release();
};

const stopped = (tried: Tried, { ended }: LastAttempt, context: RunContext): LastAttempt => {
  const cause = tried.site.scope.cause();
  invariant(cause !== undefined, 'a step that does not go on was stopped');
  return leftBy(tried, { ...ended, outcome: { kind: 'aborted', by: cause } }, context);
};

/** The log of a step that may be tried several times: one file for all attempts. */
export type AttemptsLog = LogFile & {
  /** Writes the line that separates an attempt from the previous one. */
  readonly beginAttempt: (number: number, ofAll: number) => void;
};

const LINE_END = 10;

/** Wraps a log so that it can separate attempts. */
export const createAttemptsLog = (log: LogFile): AttemptsLog => {
  let lastByte = LINE_END;
  const write = (chunk: Buffer): void => {
    lastByte = chunk.at(-1) ?? lastByte;
    log.write(chunk);
  };
  const beginAttempt = (number: number, ofAll: number): void => {
    const line = `--- attempt ${String(number)} of ${String(ofAll)} ---\n`;
    write(Buffer.from(lastByte === LINE_END ? line : `\n${line}`));
  };
  return { write, beginAttempt, close: log.close };
};

/** An attempt that has ended: its number from 1, and the last 64 KiB of its output if `match` is set. */
export type EndedAttempt = { readonly number: number; readonly outcome: Outcome; readonly tail: string };

/** Milliseconds until the next attempt; undefined when this attempt was the last. */
export const nextAttemptInMs = (retry: Retry | undefined, attempt: EndedAttempt, random: Random): number | undefined =>
  retry !== undefined && attempt.number < retry.attempts && isWorthAnother(retry, attempt)
    ? delayAfter(retry, attempt.number, random)
    : undefined;

/** Exit codes and output only narrow failures. Aborts, and errors of Savepoint or the machine, are final. */
const isWorthAnother = ({ on, exitCodes, match }: Retry, { outcome, tail }: EndedAttempt): boolean => {
  if (outcome.kind === 'timed-out') return on.includes('timeout');
  if (outcome.kind !== 'failed' || !on.includes('failure')) return false;
  if (exitCodes !== undefined && !exitCodes.includes(exitCodeOf(outcome))) return false;
  return match === undefined || new RegExp(match, 'm').test(tail);
};

/** Longer than any run; keeps an unlimited delay finite. */
const LONGEST_MS = 365 * 24 * 60 * 60 * 1000;

const delayAfter = (
  { delayMs, factor, maxDelayMs = LONGEST_MS, jitter }: Retry,
  number: number,
  random: Random,
): number => {
  if (delayMs === 0) return 0;
  const grown = Math.min(delayMs * factor ** (number - 1), maxDelayMs, LONGEST_MS);
  const share = jitter === 0 ? 1 : 1 + jitter * (2 * random() - 1);
  return Math.round(grown * share);
};
