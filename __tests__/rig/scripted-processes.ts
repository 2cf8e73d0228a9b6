import { constants } from 'node:os';
import { err, ok } from '../../src/base/result.js';
import type { Cancel, Clock, Command, Exit, Processes, RunningProcess, Stream } from '../../src/run/context/ports.js';

/** Processes that exist only in the test: each follows its script, or does what the test tells it later. */
export type ScriptedProcesses = Processes & {
  /** All that were started, in order. */
  readonly started: readonly ScriptedProcess[];
  readonly running: readonly ScriptedProcess[];
  /** The next started process that the test has not taken yet. */
  readonly next: () => Promise<ScriptedProcess>;
};

/** One process that was started. */
export type ScriptedProcess = {
  readonly pid: number;
  readonly command: Command;
  readonly print: (text: string, stream?: Stream) => void;
  readonly exit: (code: number) => void;
  /** From now on only KILL ends it. */
  readonly ignoreTerm: () => void;
  /** The grace of each request to stop, in milliseconds. */
  readonly stops: readonly number[];
};

/** The script of a process from its start; `{ refuse }` means that it cannot be spawned. */
export type Part = (process: ScriptedProcess) => undefined | { readonly refuse: string };

/** Processes that all follow the same script; by default they wait for the test. Their grace runs on `clock`. */
export const createScriptedProcesses = (clock: Clock, part: Part = () => undefined): ScriptedProcesses => {
  const started: Actor[] = [];
  const untaken: Actor[] = [];
  const waiting: ((process: ScriptedProcess) => void)[] = [];
  return {
    started,
    get running() {
      return started.filter(({ hasEnded }) => !hasEnded);
    },
    next: () => {
      const first = untaken.shift();
      return first === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(first);
    },
    start: (command, onOutput) => {
      const actor = new Actor(FIRST_PID + started.length, command, { clock, onOutput });
      const answer = part(actor);
      if (answer !== undefined) return err(answer.refuse);
      started.push(actor);
      const waiter = waiting.shift();
      if (waiter === undefined) untaken.push(actor);
      else waiter(actor);
      return ok(actor);
    },
  };
};

const FIRST_PID = 1001;

type Surroundings = { readonly clock: Clock; readonly onOutput: (stream: Stream, chunk: Buffer) => void };

class Actor implements ScriptedProcess, RunningProcess {
  readonly pid: number;
  readonly processStart: string;
  readonly command: Command;
  readonly ended: Promise<Exit>;
  readonly stops: number[] = [];
  hasEnded = false;
  readonly #surroundings: Surroundings;
  #end: (exit: Exit) => void = () => {};
  #ignoresTerm = false;
  #cancelKill: Cancel | undefined;
  #killAtMs = Number.POSITIVE_INFINITY;

  constructor(pid: number, command: Command, surroundings: Surroundings) {
    this.pid = pid;
    this.processStart = `start-of-${pid}`;
    this.command = command;
    this.#surroundings = surroundings;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  readonly print = (text: string, stream: Stream = this.command.splitStreams ? 'stdout' : 'all'): void => {
    if (!this.hasEnded) this.#surroundings.onOutput(stream, Buffer.from(text));
  };

  readonly exit = (code: number): void => this.#finish({ kind: 'exited', code });

  readonly ignoreTerm = (): void => {
    this.#ignoresTerm = true;
  };

  readonly stop = (graceMs: number): void => {
    this.stops.push(graceMs);
    if (!this.#ignoresTerm) return this.#finish(signalled('SIGTERM'));
    const { clock } = this.#surroundings;
    const killAtMs = clock.now() + graceMs;
    if (this.hasEnded || killAtMs >= this.#killAtMs) return;
    this.#cancelKill?.();
    this.#killAtMs = killAtMs;
    this.#cancelKill = clock.after(graceMs, () => this.#finish(signalled('SIGKILL')));
  };

  #finish(exit: Exit): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.#cancelKill?.();
    this.#end(exit);
  }
}

const signalled = (signal: 'SIGTERM' | 'SIGKILL'): Exit => ({
  kind: 'signalled',
  signal,
  number: constants.signals[signal],
});
