import type { Result } from '../../base/result.js';
import type { EventBody, RunEvent } from '../../state/event.js';
import type { RunState } from '../../state/run-state.js';

/** Time, as the engine sees it. */
export type Clock = {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Calls back once after that many milliseconds unless cancelled first. */
  readonly after: (ms: number, callback: () => void) => Cancel;
};

/** Takes a timer back; harmless when it has already fired. */
export type Cancel = () => void;

/** Where a chunk of output came from. `all`: both streams in the order they were written. */
export type Stream = 'all' | 'stdout' | 'stderr';

/** A process to start: no shell in between, nothing inherited but what is named here. */
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
  /** The process group's id too. */
  readonly pid: number;
  /** With the pid, names this process beyond pid reuse. */
  readonly processStart: string;
  /** Settles when the process has ended and its output was delivered (waited for a bounded time). Never rejects. */
  readonly ended: Promise<Exit>;
  /** Ends the whole process tree: TERM, after the grace KILL. Idempotent; a later call may only shorten the grace. `ended` settles after nothing of the tree is left. */
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

/** What an attempt wrote to its command files, as raw text. */
export type CommandFileTexts = {
  readonly output: string;
  readonly env: string;
  readonly path: string;
  readonly summary: string;
};

/** Files of one attempt, in a private folder outside the workspace. */
export type AttemptFiles = {
  /** Absolute paths. */
  readonly scriptFile: string;
  readonly outputFile: string;
  readonly envFile: string;
  readonly pathFile: string;
  readonly summaryFile: string;
  /** Reads the command files and removes everything of this attempt. */
  readonly collect: () => Result<CommandFileTexts>;
};

/** The private folder where scripts and command files live while an attempt runs. */
export type Scratch = {
  /** Writes the script under a fresh name with that extension (such as `.sh`) and creates empty command files. */
  readonly open: (script: string, extension: string) => Result<AttemptFiles>;
};

/** Stored output of one step. Writing trouble is reported once by `close`, never thrown. */
export type LogFile = {
  readonly write: (chunk: Buffer) => void;
  readonly close: () => Result<void>;
};

/** Where step output is stored. Opening makes no file until the first byte. */
export type Logs = {
  /** Starts a new log for a step; one from an earlier run attempt is kept beside it. */
  readonly open: (step: string) => LogFile;
  /** Stores what a step wrote to `GITHUB_STEP_SUMMARY`. */
  readonly summary: (step: string, markdown: string) => Result<void>;
};

/**
 * The durable record of a run.
 * - `append` returns once the event would survive the death of this process.
 * - After the first error nothing more is written; the run goes on and is not resumable.
 */
export type Journal = {
  readonly append: (event: RunEvent, state: RunState) => Result<void>;
};

/** What the user sees while a run goes on. Never changes what happens. */
export type Display = {
  readonly event: (event: RunEvent, state: RunState) => void;
  /** Masked output of a running step. */
  readonly output: (step: string, chunk: Buffer) => void;
  /** Something the user should know, with what to do about it. */
  readonly warning: (message: string, step?: string) => void;
  /** A workflow command a step printed, such as `::error file=a.ts::message`. */
  readonly annotation: (step: string, annotation: Annotation) => void;
  /** A value that became a secret, as it is: only for telling a host that hides secrets too. */
  readonly secret: (value: string) => void;
};

/** A workflow command that is shown rather than obeyed. */
export type Annotation = {
  readonly kind: 'error' | 'warning' | 'notice' | 'debug' | 'group' | 'endgroup';
  readonly message: string;
  readonly properties: Readonly<Record<string, string>>;
};

/** A step that came to its end, as checkpoints need to know it. */
export type EndedStep = {
  readonly path: string;
  /** It succeeded, or its failure was tolerated: what it left in the workspace stays. */
  readonly isDone: boolean;
};

/** What a run offers to those who make its checkpoints. */
export type CheckpointRun = {
  readonly record: (event: CheckpointEvent) => void;
  readonly warn: (message: string) => void;
  /** Values that no checkpoint may hold, by now. */
  readonly secrets: () => readonly string[];
};

/** An event of a checkpoint, which the run stamps and records. */
export type CheckpointEvent = Extract<EventBody, { readonly type: 'checkpoint_saved' | 'checkpoint_failed' }>;

/**
 * Keeps what finished steps leave in the workspace, so that the run can go on elsewhere.
 * - Its trouble is its own to tell: nothing here rejects or fails a step.
 * - `begin` comes once, before the first step.
 * - What needs a step starts after `stepEnded` has settled; calls for steps side by side may overlap.
 */
export type Checkpoints = {
  readonly begin: (run: CheckpointRun) => void;
  readonly stepEnded: (step: EndedStep, state: RunState) => Promise<void>;
  /** `path` is that of the fallback's list: what `on_failure`, `on_abortion` or `finally` of a step left belongs to no checkpoint. */
  readonly fallbackEnded: (path: string, state: RunState) => Promise<void>;
};

/** Whether a program of that name is on the search path that a step would use. */
export type ProgramLookup = (name: string) => boolean;

/** A number from 0 up to but not 1, by chance. */
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
  /** Undefined where a run only ever goes on in place. */
  readonly checkpoints?: Checkpoints;
};
