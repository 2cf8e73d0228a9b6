import { spawn, type ChildProcess } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import { err, ok, type Result } from '../../base/result.js';
import type { ProcessGroup } from '../../state/run-state.js';
import { processStartOfChild } from './process-table.js';
import { sendSignal } from './send-signal.js';
import { explainSpawnProblem } from './spawn-problem.js';

/** One of our programs, to exchange messages with. It inherits only what is named here. */
export type ChildProgram = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly cwd: string;
};

/** Callbacks for the messages and the end of a child. */
export type ChildEvents = {
  readonly onMessage: (message: unknown) => void;
  /** Called once, after the last message: how it ended, in words that follow "it". */
  readonly onEnded: (how: string) => void;
};

/** A running child with its message channel. It leads its own process group, so that signals to ours do not reach it. */
export type ChildChannel = {
  readonly group: ProcessGroup;
  /** Messages arrive in order; after the child has ended they are dropped. */
  readonly send: (message: unknown) => void;
  /** Kills it and everything it has started. */
  readonly kill: () => void;
};

/** How many of the last characters of a child's standard error are kept. */
const LAST_WORDS_LIMIT = 8192;

/** Starts a child at low priority, with a channel for plain JSON messages; the error says why it cannot be started. */
export const openChild = (program: ChildProgram, events: ChildEvents): Result<ChildChannel> => {
  const spawned = spawnChild(program);
  if (!spawned.ok) return err(explainSpawnProblem({ ...program, splitStreams: false }, spawned.error));
  const { child, pid } = spawned.value;
  lowerPriority(pid);
  const kill = (): void => {
    if (!sendSignal(-pid, 'SIGKILL')) child.kill('SIGKILL');
  };
  const lastWords = tailOf(child);
  child.on('message', events.onMessage);
  child.once('exit', kill); // Its own children would keep its streams open.
  child.once('close', (code, signal) => events.onEnded(describeEnd(code, signal, lastWords())));
  return ok({
    group: { pid, processStart: processStartOfChild(pid) },
    send: (message) => void child.send(message as object, () => undefined),
    kill,
  });
};

/** Keeps steps fast while the child works; its own children inherit the priority. */
const lowerPriority = (pid: number): void => {
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // The child may have ended already, or the system may not allow it; it works at normal priority too.
  }
};

type Spawned = { readonly child: ChildProcess; readonly pid: number };

const spawnChild = ({ argv, env, cwd }: ChildProgram): Result<Spawned, string | undefined> => {
  const [program = '', ...args] = argv;
  try {
    const stdio = ['ignore', 'ignore', 'pipe', 'ipc'] as const;
    const child = spawn(program, args, { cwd, env, detached: process.platform !== 'win32', stdio: [...stdio] });
    child.on('error', () => undefined);
    return child.pid === undefined ? err(undefined) : ok({ child, pid: child.pid });
  } catch (error) {
    return err((error as NodeJS.ErrnoException).code);
  }
};

const tailOf = (child: ChildProcess): (() => string) => {
  let tail = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail = (tail + text).slice(-LAST_WORDS_LIMIT);
  });
  return () => tail;
};

/** One line of a Node crash report names the reason; the rest is a stack trace. */
const describeEnd = (code: number | null, signal: string | null, lastWords: string): string => {
  const lines = lastWords.split('\n').filter((line) => line.trim() !== '');
  const reason = lines.findLast((line) => /^(?:FATAL ERROR|\w*Error\b)/.test(line)) ?? lines.at(-1);
  const how = signal === null ? `ended with exit code ${String(code)}` : `was ended by ${signal}`;
  return reason === undefined ? how : `${how}: ${reason.trim()}`;
};
