import { formatDuration } from '../../base/duration.js';
import type { AbortScope } from '../context/abort-scope.js';
import { describeAbort, type Outcome } from '../context/ending.js';
import type { Clock, Command, Exit, Processes, RunningProcess, Stream } from '../context/ports.js';

/** The limits of one process. */
export type Limits = {
  /** Undefined: no deadline. */
  readonly deadline: Deadline | undefined;
  /** Longest time without output; undefined: no limit. */
  readonly idleTimeoutMs: number | undefined;
  readonly killGraceMs: number;
};

/** When a step times out, in milliseconds since 1970, and its timeout. */
export type Deadline = { readonly atMs: number; readonly timeoutMs: number };

/** One process to run within limits. */
export type Attempt = {
  readonly command: Command;
  readonly limits: Limits;
  readonly scope: AbortScope;
  readonly onStart: (process: RunningProcess) => void;
  readonly onOutput: (stream: Stream, chunk: Buffer) => void;
};

/**
 * Runs one process until it exits or is stopped, and leaves none of its process tree running. Doesn't start it if there
 * is already a reason to stop it. The first reason to stop it is the outcome, however the process then exits.
 */
export const runAttempt = async (
  { command, limits, scope, onStart, onOutput }: Attempt,
  { processes, clock }: { readonly processes: Processes; readonly clock: Clock },
): Promise<Outcome> => {
  const reason = reasonNotToStart(limits, scope, clock);
  if (reason !== undefined) return reason;
  let stopped: Outcome | undefined;
  let lastOutputAt = 0;
  const started = processes.start(command, (stream, chunk) => {
    if (limits.idleTimeoutMs !== undefined) lastOutputAt = clock.now();
    onOutput(stream, chunk);
  });
  if (!started.ok) return { kind: 'errored', message: started.error };
  const process = started.value;
  onStart(process);

  const stop = (outcome: Outcome, graceMs: number): void => {
    stopped ??= outcome;
    process.stop(graceMs);
  };
  const releases = [
    watchTimeout(limits, clock, stop),
    watchIdle(limits, { clock, lastOutputAt: () => lastOutputAt }, stop),
    scope.onAbort(({ cause, atOnce, graceLimitMs = limits.killGraceMs }) => {
      stop({ kind: 'aborted', by: cause }, atOnce ? 0 : Math.min(limits.killGraceMs, graceLimitMs));
    }),
  ];
  const exit = await process.ended;
  for (const release of releases) release();
  return stopped ?? outcomeOf(exit);
};

const reasonNotToStart = ({ deadline }: Limits, scope: AbortScope, clock: Clock): Outcome | undefined => {
  const cause = scope.cause();
  if (cause !== undefined) return { kind: 'aborted', by: cause };
  return deadline !== undefined && deadline.atMs <= clock.now() ? timedOut(deadline) : undefined;
};

const timedOut = ({ timeoutMs }: Deadline): Outcome => ({
  kind: 'timed-out',
  message: `timed out after ${formatDuration(timeoutMs)}`,
});

type Stop = (outcome: Outcome, graceMs: number) => void;

const watchTimeout = ({ deadline, killGraceMs }: Limits, clock: Clock, stop: Stop): (() => void) => {
  if (deadline === undefined) return nothing;
  return clock.after(deadline.atMs - clock.now(), () => {
    stop(timedOut(deadline), killGraceMs);
  });
};

type IdleWatch = { readonly clock: Clock; readonly lastOutputAt: () => number };

/** One timer for all output: when it fires, it checks the time of the last output and waits for the remainder. */
const watchIdle = ({ idleTimeoutMs, killGraceMs }: Limits, watch: IdleWatch, stop: Stop): (() => void) => {
  if (idleTimeoutMs === undefined) return nothing;
  let cancel = nothing;
  const look = (): void => {
    const leftMs = watch.lastOutputAt() + idleTimeoutMs - watch.clock.now();
    if (leftMs > 0) cancel = watch.clock.after(leftMs, look);
    else stop({ kind: 'timed-out', message: `no output for ${formatDuration(idleTimeoutMs)}` }, killGraceMs);
  };
  cancel = watch.clock.after(idleTimeoutMs, look);
  return () => {
    cancel();
  };
};

const nothing = (): void => undefined;

const outcomeOf = (exit: Exit): Outcome => {
  if (exit.kind === 'signalled') {
    return { kind: 'failed', exitCode: 128 + exit.number, message: `ended by ${exit.signal}` };
  }
  return exit.code === 0 ? { kind: 'succeeded' } : { kind: 'failed', exitCode: exit.code };
};

/** The exit code a step shows for an outcome: 124 timed out, 127 cannot spawn, 130 aborted. */
export const exitCodeOf = (outcome: Outcome): number => {
  switch (outcome.kind) {
    case 'succeeded':
      return 0;
    case 'failed':
      return outcome.exitCode;
    case 'timed-out':
      return 124;
    case 'errored':
      return 127;
    case 'aborted':
      return 130;
  }
};

/** Describes a failure in one line. */
export const describeOutcome = (outcome: Exclude<Outcome, { readonly kind: 'succeeded' }>): string => {
  switch (outcome.kind) {
    case 'failed':
      return outcome.message ?? `exit code ${String(outcome.exitCode)}`;
    case 'timed-out':
    case 'errored':
      return outcome.message;
    case 'aborted':
      return describeAbort(outcome.by);
  }
};
