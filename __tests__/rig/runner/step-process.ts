import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { createLineReader } from './line-reader.js';

/** The process that the runner starts for a step. */
export type StepCommand = {
  readonly argv: readonly [program: string, ...args: string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
};

/** How the process of a step ended. */
export type StepExit = {
  /** 128 + n when signal n ended it. */
  readonly exitCode: number;
  /** The signals that the runner sent, in order. */
  readonly signals: readonly NodeJS.Signals[];
  /** From the first signal to the end of the process, in milliseconds of a clock that never jumps. */
  readonly endedAfterSignalMs: number | undefined;
  /** Whether another process kept the output open, so that the runner stopped waiting for its end. */
  readonly heldOpen: boolean;
};

/** The process of a step while it runs. */
export type StepProcess = {
  readonly pid: number;
  readonly ended: Promise<StepExit>;
  /** SIGINT, after 7.5 s SIGTERM, after 2.5 s more SIGKILL, each to this one process. */
  readonly cancel: () => Promise<StepExit>;
  /** SIGKILL of this one process, without the runner's knowledge. */
  readonly killHard: () => void;
};

/** The waiting times of the runner, in milliseconds. */
export type Patience = {
  readonly afterSigintMs: number;
  readonly afterSigtermMs: number;
  /** After the end of the process, for the end of its output. */
  readonly forOutputMs: number;
};

const AS_ON_GITHUB: Patience = { afterSigintMs: 7500, afterSigtermMs: 2500, forOutputMs: 5000 };

/** Starts a process as `ProcessInvoker` in actions/runner does: standard input closed, lines of both streams as they come. */
export const startStepProcess = (command: StepCommand, patience = AS_ON_GITHUB): StepProcess => {
  const {
    argv: [program, ...args],
    cwd,
    env,
    onLine,
  } = command;
  const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined) throw new Error(`cannot start ${program}`);
  stdin.on('error', () => {}).end();
  const readers = [stdout, stderr].map((stream) => {
    const reader = createLineReader(onLine);
    stream.on('data', reader.push);
    return { stream, reader };
  });
  const signals: NodeJS.Signals[] = [];
  let signalledAtMs: number | undefined;
  let endedAtMs = 0;
  child.once('exit', () => (endedAtMs = performance.now()));
  const ended = endOf(child, patience.forOutputMs).then((end): StepExit => {
    for (const { stream, reader } of readers) {
      stream.destroy();
      reader.end();
    }
    const endedAfterSignalMs = signalledAtMs === undefined ? undefined : endedAtMs - signalledAtMs;
    return { ...end, signals, endedAfterSignalMs };
  });
  const send = (signal: NodeJS.Signals): void => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    signalledAtMs ??= performance.now();
    signals.push(signal);
    child.kill(signal);
  };
  const cancel = async (): Promise<StepExit> => {
    send('SIGINT');
    if (await isSettledWithin(ended, patience.afterSigintMs)) return ended;
    send('SIGTERM');
    if (await isSettledWithin(ended, patience.afterSigtermMs)) return ended;
    send('SIGKILL');
    return ended;
  };
  return { pid, ended, cancel, killHard: () => void child.kill('SIGKILL') };
};

/** Settles when the streams have ended too, or when this time has passed since the end of the process. */
const endOf = (child: ChildProcess, forOutputMs: number): Promise<Pick<StepExit, 'exitCode' | 'heldOpen'>> =>
  new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    child.once('exit', (code, signal) => {
      const exitCode = codeOf(code, signal);
      timer = setTimeout(() => resolve({ exitCode, heldOpen: true }), forOutputMs);
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ exitCode: codeOf(code, signal), heldOpen: false });
    });
  });

const codeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? 128 + (signal === null ? 0 : constants.signals[signal]);

const isSettledWithin = async (promise: Promise<unknown>, ms: number): Promise<boolean> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const inTime = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return inTime;
};
