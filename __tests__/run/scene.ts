import { err, ok } from '../../src/base/result.js';
import type { Logs, Ports, Stream } from '../../src/run/context/ports.js';
import { createFakeClock, type FakeClock } from '../rig/fake-clock.js';
import { createMemoryJournal, type MemoryJournal } from '../rig/memory-journal.js';
import { createRecordingDisplay, type RecordingDisplay } from '../rig/recording-display.js';
import {
  createScriptedProcesses,
  type Part,
  type ScriptedProcess,
  type ScriptedProcesses,
} from '../rig/scripted-processes.js';
import { createMemoryScratch } from './memory-scratch.js';

/** What a process does when it starts; by default it succeeds at once and leaves nothing. */
export type Act = {
  readonly exit?: number;
  /** What it writes to its command files. */
  readonly output?: string;
  readonly env?: string;
  readonly path?: string;
  readonly summary?: string;
  readonly print?: string;
  readonly printError?: string;
  /** It cannot be spawned. */
  readonly refuse?: string;
  /** It runs until the test or a stop ends it. */
  readonly waits?: true;
  readonly ignoresTerm?: true;
};

/** What a test may say of the machine. */
export type Machine = {
  /** What the process of a step does; `command` counts the processes of that step, from 0. */
  readonly act?: (step: string, command: number) => Act;
  /** How many events the journal takes. */
  readonly journalCapacity?: number;
  readonly logProblem?: string;
};

/** All ports of a run, in memory, and what can be seen and done behind them. */
export type Scene = {
  readonly ports: Ports;
  readonly clock: FakeClock;
  readonly processes: ScriptedProcesses;
  readonly journal: MemoryJournal;
  readonly display: RecordingDisplay;
  /** Paths of the steps whose processes started, in order; a step with commands stands there for each. */
  readonly started: readonly string[];
  /** The latest process of a step. */
  readonly process: (step: string) => ScriptedProcess;
  /** Stored output and summaries by step. */
  readonly logs: ReadonlyMap<string, string>;
  readonly summaries: ReadonlyMap<string, string>;
  /** The scripts that were run, in order. */
  readonly scripts: readonly string[];
  /** Files of attempts that were not removed. */
  readonly leftovers: () => readonly string[];
};

/** A machine on which nothing has happened yet. */
export const createScene = ({ act = succeed, journalCapacity, logProblem }: Machine = {}): Scene => {
  const clock = createFakeClock();
  const journal = createMemoryJournal(journalCapacity);
  const display = createRecordingDisplay();
  const scratch = createMemoryScratch();
  const { port: logs, ...stored } = createMemoryLogs(logProblem);
  const cast = new Map<string, ScriptedProcess[]>();
  const [started, scripts]: [string[], string[]] = [[], []];
  const part: Part = (process) => {
    const { env, argv } = process.command;
    const step = env['SAVEPOINT_STEP'] ?? '';
    const before = cast.get(step) ?? [];
    const plays = act(step, before.length);
    if (plays.refuse !== undefined) return { refuse: plays.refuse };
    cast.set(step, [...before, process]);
    started.push(step);
    scripts.push(scratch.files.get(argv.at(-1) ?? '') ?? '');
    for (const [file, text] of commandFilesOf(plays)) if (text !== undefined) scratch.files.set(env[file] ?? '', text);
    perform(process, plays);
    return undefined;
  };
  const processes = createScriptedProcesses(clock, part);
  const process = (step: string): ScriptedProcess => {
    const latest = cast.get(step)?.at(-1);
    if (latest === undefined) throw new Error(`no process of "${step}" has started, only ${started.join(', ')}`);
    return latest;
  };
  const ports = { clock, random: () => 0.5, processes, scratch, logs, journal, display };
  const leftovers = (): readonly string[] => [...scratch.files.keys()];
  return { ports, clock, processes, journal, display, started, scripts, process, ...stored, leftovers };
};

const succeed = (): Act => ({});

const commandFilesOf = ({ output, env, path, summary }: Act): readonly (readonly [string, string | undefined])[] => [
  ['GITHUB_OUTPUT', output],
  ['GITHUB_ENV', env],
  ['GITHUB_PATH', path],
  ['GITHUB_STEP_SUMMARY', summary],
];

/** Later, as a real process does it, so that whoever started it knows it. */
const perform = (process: ScriptedProcess, { print, printError, exit = 0, waits, ignoresTerm }: Act): void => {
  if (ignoresTerm) process.ignoreTerm();
  const stream: Stream = process.command.splitStreams ? 'stderr' : 'all';
  queueMicrotask(() => {
    if (print !== undefined) process.print(print);
    if (printError !== undefined) process.print(printError, stream);
    if (!waits) process.exit(exit);
  });
};

type MemoryLogs = Pick<Scene, 'logs' | 'summaries'> & { readonly port: Logs };

const createMemoryLogs = (problem: string | undefined): MemoryLogs => {
  const logs = new Map<string, string>();
  const summaries = new Map<string, string>();
  const end = problem === undefined ? ok(undefined) : err(problem);
  const port: Logs = {
    open: (step) => ({
      write: (chunk) => void logs.set(step, (logs.get(step) ?? '') + chunk.toString()),
      close: () => end,
    }),
    summary: (step, markdown) => {
      summaries.set(step, markdown);
      return end;
    },
  };
  return { port, logs, summaries };
};
