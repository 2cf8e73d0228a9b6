import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { RunEvent } from '../../src/state/event.js';

/** How a program is started. */
export type ProgramOptions = {
  /** Path of the Node that runs it. */
  readonly node: string;
  /** Path of its JavaScript file. */
  readonly file: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Reads standard output without keeping it. */
  readonly forgetStdout?: boolean;
};

/** A program under test: a real process, seen from outside. */
export type Program = {
  readonly pid: number;
  /** 128 + n if signal n ended it. Settles when the output is complete too. */
  readonly exitCode: Promise<number>;
  /** The output so far. */
  readonly stdout: () => string;
  readonly stdoutBytes: () => Buffer;
  readonly stderr: () => string;
  /** The events that `--json` printed so far; an unfinished last line is left out. */
  readonly events: () => readonly RunEvent[];
  readonly signal: (name: NodeJS.Signals) => void;
  /** SIGKILL of this one process; its child processes live on. Settles when it has ended. */
  readonly killHard: () => Promise<void>;
};

/** Starts a Node program with its standard input closed. */
export const startProgram = (args: readonly string[], options: ProgramOptions): Program => {
  const { node, file, cwd, env, forgetStdout = false } = options;
  const child = spawn(node, [file, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid === undefined) throw new Error(`cannot start ${node}`);
  const stdoutBytes = collect(child.stdout, forgetStdout);
  const stdout = (): string => stdoutBytes().toString();
  const stderrBytes = collect(child.stderr);
  const exitCode = endOf(child);
  return {
    pid: child.pid,
    exitCode,
    stdout,
    stdoutBytes,
    stderr: () => stderrBytes().toString(),
    events: () => completeLines(stdout()).map((line) => JSON.parse(line) as RunEvent),
    signal: (name) => void child.kill(name),
    killHard: async () => {
      child.kill('SIGKILL');
      await exitCode;
    },
  };
};

const collect = (stream: NodeJS.ReadableStream, forget = false): (() => Buffer) => {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => {
    if (!forget) chunks.push(chunk);
  });
  return () => Buffer.concat(chunks);
};

/** Also waits for the end of the output, except after a signal, because orphans may then hold the pipes open. */
const endOf = (child: ChildProcess): Promise<number> =>
  new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(codeOf(code, signal)));
    child.once('exit', (code, signal) => {
      if (signal !== null) resolve(codeOf(code, signal));
    });
  });

const codeOf = (code: number | null, signal: NodeJS.Signals | null): number =>
  code ?? 128 + (signal === null ? 0 : constants.signals[signal]);

const completeLines = (text: string): readonly string[] => text.split('\n').slice(0, -1);
