import { err, ok } from '../../src/base/result.js';
import type { Pipeline } from '../../src/language/pipeline.js';
import { planRun, type PlanInput } from '../../src/plan/plan-run.js';
import { NO_SELECTION } from '../../src/plan/selection.js';
import { createAbortScope, type AbortScope } from '../../src/run/abort-scope.js';
import type { Logs, Ports, Stream } from '../../src/run/ports.js';
import { runPlan, type RunEnding } from '../../src/run/run-plan.js';
import { foldEvents } from '../../src/state/apply-event.js';
import type { RunEvent } from '../../src/state/event.js';
import { createMemoryFiles, type MemoryFiles } from '../plan/memory-files.js';
import { createFakeClock, type FakeClock } from '../rig/fake-clock.js';
import { createMemoryJournal, type MemoryJournal } from '../rig/memory-journal.js';
import { createRecordingDisplay, type RecordingDisplay } from '../rig/recording-display.js';
import {
  createScriptedProcesses,
  type Part,
  type ScriptedProcess,
  type ScriptedProcesses,
} from '../rig/scripted-processes.js';
import { settle } from '../rig/settle.js';
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

/** What a test may say of the world around a run. */
export type World = {
  /** What the process of a step does; `command` counts the processes of that step, from 0. */
  readonly act?: (step: string, command: number) => Act;
  /** Events of the run to go on with. */
  readonly after?: readonly RunEvent[];
  readonly inputs?: PlanInput['inputs'];
  readonly selection?: Partial<PlanInput['selection']>;
  readonly files?: MemoryFiles;
  /** What processes inherit on top of PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly programs?: readonly string[];
  readonly maxParallel?: number;
  /** How many events the journal takes. */
  readonly journalCapacity?: number;
  readonly logProblem?: string;
  /** It is stopped before it starts. */
  readonly isAborted?: true;
};

/** A run of the real engine in a world that exists only in the test. */
export type Engine = {
  readonly clock: FakeClock;
  readonly scope: AbortScope;
  readonly processes: ScriptedProcesses;
  readonly journal: MemoryJournal;
  readonly display: RecordingDisplay;
  readonly ended: Promise<RunEnding>;
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

/** Plans a pipeline and starts the run; goes on when all that does not wait for the test is done. */
export const startEngine = async (pipeline: Pipeline, world: World = {}): Promise<Engine> => {
  const { after, inputs = {}, files = createMemoryFiles(), programs = ['bash', 'python'] } = world;
  const facts = { github: {}, runner: {}, matrix: {} };
  const last = after === undefined ? undefined : foldEvents(after);
  const selection = { ...NO_SELECTION, ...world.selection };
  const plan = await planRun({ pipeline, inputs, last, selection, facts, files });
  if (!plan.ok) throw new Error(plan.error);
  const scene = createScene(world);
  const scope = createAbortScope();
  if (world.isAborted) scope.abort({ cause: 'signal', atOnce: false });
  const ended = runPlan({
    pipeline,
    plan: plan.value,
    inputs,
    last,
    runId: last?.runId ?? 'run-1',
    commit: 'c0ffee',
    place: {
      workspace: '/workspace',
      workDir: '/workspace/.work',
      env: { PATH: '/bin', ...world.env },
      hasProgram: (name) => programs.includes(name),
      pathDelimiter: ':',
    },
    facts,
    files,
    ports: scene.ports,
    scope,
    maxParallel: world.maxParallel ?? 2,
  });
  await settle();
  return { ...scene.engine, scope, ended };
};

/** Runs a pipeline to its end. */
export const runEngine = async (pipeline: Pipeline, world: World = {}): Promise<Engine & RunEnding> => {
  const engine = await startEngine(pipeline, world);
  return { ...engine, ...(await engine.ended) };
};

/** Every step of the latest attempt with how it ended, as the events say: `failed: exit code 1`, `skipped: …`. */
export const endingsOf = (events: readonly RunEvent[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    events.flatMap((event) => {
      switch (event.type) {
        case 'step_succeeded':
        case 'step_restored':
          return [[event.step, event.type.slice('step_'.length)]];
        case 'step_failed':
          return [[event.step, `${event.status}: ${event.error}`]];
        case 'step_timed_out':
          return [[event.step, `timed out: ${event.error}`]];
        case 'step_aborted':
          return [[event.step, `aborted: ${event.error}`]];
        case 'step_continue_on_error':
          return [[event.step, `tolerated: ${event.error}`]];
        case 'step_skipped':
          return [[event.step, `skipped: ${event.because}`]];
        default:
          return [];
      }
    }),
  );

/** The one event of a type, for a step where one is named. */
export const eventOf = <T extends RunEvent['type']>(
  events: readonly RunEvent[],
  type: T,
  step?: string,
): Extract<RunEvent, { type: T }> => {
  const found = events.filter(
    (event): event is Extract<RunEvent, { type: T }> =>
      event.type === type && (step === undefined || ('step' in event && event.step === step)),
  );
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} events ${type} of ${step ?? 'the run'}`);
  return only;
};

type Scene = {
  readonly ports: Ports;
  readonly engine: Omit<Engine, 'scope' | 'ended'>;
};

const createScene = (world: World): Scene => {
  const { act = succeed, journalCapacity } = world;
  const clock = createFakeClock();
  const journal = createMemoryJournal(journalCapacity);
  const display = createRecordingDisplay();
  const scratch = createMemoryScratch();
  const { port: logs, ...stored } = createMemoryLogs(world.logProblem);
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
  return {
    ports: { clock, processes, scratch, logs, journal, display },
    engine: {
      ...{ clock, processes, journal, display, started, scripts, process, ...stored },
      leftovers: () => [...scratch.files.keys()],
    },
  };
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

type MemoryLogs = Pick<Engine, 'logs' | 'summaries'> & { readonly port: Logs };

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
