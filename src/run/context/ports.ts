import type { Result } from '../../base/result.js';
import type { EventBody, RunEvent } from '../../state/event.js';
import type { RunState } from '../../state/run-state.js';

/** Time, as the engine sees it. */
export type Clock = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls back once after `ms` milliseconds unless cancelled first. */
  readonly after: (ms: number, callback: () => void) => Cancel;
};

/** Cancels a timer; does nothing if it has already fired. */
export type Cancel = () => void;

/** The source of a chunk of output. `all`: both streams in the order they were written. */
export type Stream = 'all' | 'stdout' | 'stderr';

/** A process to start, without a shell; it inherits nothing that is not listed here. */
export type Command = {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly cwd: string;
  /** Keep the streams apart; otherwise one stream `all` in true order. */
  readonly splitStreams: boolean;
};

/** How a process ended. */
export type Exit =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'signalled'; readonly signal: string; readonly number: number };

/** A started process, leader of its own process group. */
export type RunningProcess = {
  /** Also the process group's id. */
  readonly pid: number;
  /** Together with the pid, identifies this process even if the pid is reused. */
  readonly processStart: string;
  /** Settles when the process has ended and its output is delivered (bounded wait). Never rejects. */
  readonly ended: Promise<Exit>;
  /**
   * Ends the whole process tree: TERM, then KILL after the grace. Idempotent; a later call can only shorten the grace.
   * `ended` settles once the whole tree is gone.
   */
  readonly stop: (graceMs: number) => void;
};

/**
 * Child processes.
 * - `start` is an error when the command cannot be spawned; a process that starts and fails is an `Exit`.
 * - Standard input is closed. `onOutput` gets every byte, in order per stream; chunks are only valid during the call.
 */
export type Processes = {
  readonly start: (command: Command, onOutput: (stream: Stream, chunk: Buffer) => void) => Result<RunningProcess>;
};

/** The raw texts that an attempt wrote to its command files. */
export type CommandFileTexts = {
  readonly output: string;
  readonly env: string;
  readonly path: string;
  readonly summary: string;
};

/** The files of one attempt, in a private folder outside the workspace. */
export type AttemptFiles = {
  /** Absolute paths. */
  readonly scriptFile: string;
  readonly outputFile: string;
  readonly envFile: string;
  readonly pathFile: string;
  readonly summaryFile: string;
  /** Reads the command files, then removes all files of this attempt. */
  readonly collect: () => Result<CommandFileTexts>;
};

/** The private folder where scripts and command files live while an attempt runs. */
export type Scratch = {
  /** Writes the script under a fresh name with the extension (such as `.sh`) and creates empty command files. */
  readonly open: (script: string, extension: string) => Result<AttemptFiles>;
};

/** Stored output of one step. Write errors are never thrown; `close` reports them once. */
export type LogFile = {
  readonly write: (chunk: Buffer) => void;
  readonly close: () => Result<void>;
};

/** Stores step output. A log file is created with its first byte. */
export type Logs = {
  /** Starts a new log for a step; a log of an earlier run attempt is kept. */
  readonly open: (step: string) => LogFile;
  /** Stores the summary that a step wrote to `GITHUB_STEP_SUMMARY`. */
  readonly summary: (step: string, markdown: string) => Result<void>;
};

/**
 * The durable record of a run.
 * - `append` returns once the event would survive the death of this process.
 * - After the first error nothing more is written; the run continues but cannot be resumed.
 */
export type Journal = {
  readonly append: (event: RunEvent, state: RunState) => Result<void>;
};

/** Shows a run to the user. Never affects the run. */
export type Display = {
  readonly event: (event: RunEvent, state: RunState) => void;
  /** Masked output of a running step. */
  readonly output: (step: string, chunk: Buffer) => void;
  /** A problem, and how the user can fix it. */
  readonly warning: (message: string, step?: string) => void;
  /** A workflow command a step printed, such as `::error file=a.ts::message`. */
  readonly annotation: (step: string, annotation: Annotation) => void;
  /** A new secret value, unmasked: only for a host that masks secrets too. */
  readonly secret: (value: string) => void;
};

/** A workflow command that is only shown, not executed. */
export type Annotation = {
  readonly kind: 'error' | 'warning' | 'notice' | 'debug' | 'group' | 'endgroup';
  readonly message: string;
  readonly properties: Readonly<Record<string, string>>;
};

/** A step that has ended, as far as checkpoints need to know. */
export type EndedStep = {
  readonly path: string;
  /** It succeeded, or its failure was tolerated: its workspace changes are kept. */
  readonly isDone: boolean;
};

/** The part of a run that its checkpoints may use. */
export type CheckpointRun = {
  readonly record: (event: CheckpointEvent) => void;
  readonly warn: (message: string) => void;
  /** The secret values known so far; no checkpoint may contain them. */
  readonly secrets: () => readonly string[];
};

/** A checkpoint event, which the run stamps and records. */
export type CheckpointEvent = Extract<EventBody, { readonly type: 'checkpoint_saved' | 'checkpoint_failed' }>;

/**
 * Saves the workspace changes of finished steps, so that the run can be resumed elsewhere.
 * - It reports its own errors: no call rejects or fails a step.
 * - `begin` is called once, before the first step.
 * - The dependents of a step start after `stepEnded` has settled; calls for concurrent steps may overlap.
 */
export type Checkpoints = {
  readonly begin: (run: CheckpointRun) => void;
  readonly stepEnded: (step: EndedStep, state: RunState) => Promise<void>;
  /**
   * `path`: the path of the fallback's list. Workspace changes by `on_failure`, `on_abortion` or `finally` of a step
   * belong to no checkpoint.
   */
  readonly fallbackEnded: (path: string, state: RunState) => Promise<void>;
};

/** Whether a program is on the search path that a step would use. */
export type ProgramLookup = (name: string) => boolean;

/** A random number in [0, 1). */
export type Random = () => number;

/** Everything a run touches outside its own memory. */
export type Ports = {
  readonly clock: Clock;
  readonly random: Random;
  readonly processes: Processes;
  readonly scratch: Scratch;
  readonly logs: Logs;
  readonly journal: Journal;
  readonly display: Display;
  /** Undefined where a run is only resumed in the same workspace. */
  readonly checkpoints?: Checkpoints;
};
