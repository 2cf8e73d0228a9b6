import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command, Exit, RunningProcess, Stream } from '../../src/run/context/ports.js';
import { isAlive, readProcessRow } from '../../src/machine/process/process-table.js';
import { createProcesses, type MachineProcesses } from '../../src/machine/process/processes.js';
import { until } from './until.js';

/** A started process with its output so far. */
export type Watched = RunningProcess & {
  readonly bytes: (stream?: Stream) => Buffer;
  readonly text: (stream?: Stream) => string;
};

/** Real processes in a new folder; everything is removed when the test is over. */
export type ProcessRig = {
  readonly processes: MachineProcesses;
  readonly folder: string;
  readonly pipeNames: () => readonly string[];
  /** Runs a bash script. */
  readonly bash: (script: string, more?: Partial<Command>) => Watched;
  /** Runs a bash script to its end. */
  readonly finish: (script: string, more?: Partial<Command>) => Promise<{ exit: Exit; process: Watched }>;
  /** Ends this process with the test. */
  readonly endLater: (pid: number) => void;
  readonly [Symbol.dispose]: () => void;
};

export const newProcessRig = (): ProcessRig => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'savepoint-test-')));
  const pipeFolder = mkdtempSync(join(folder, 'pipes-'));
  const processes = createProcesses({ pipeFolder });
  const strays: number[] = [];
  const bash = (script: string, more: Partial<Command> = {}): Watched => {
    const started = watch(processes, { ...commandOf(script, folder), ...more });
    strays.push(-started.pid);
    return started;
  };
  return {
    processes,
    folder,
    pipeNames: () => readdirSync(pipeFolder),
    bash,
    finish: async (script, more) => {
      const process = bash(script, more);
      return { exit: await process.ended, process };
    },
    endLater: (pid) => strays.push(pid),
    [Symbol.dispose]: () => {
      strays.forEach(killHard);
      processes.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** The bash command for a script, in the environment of this test. */
export const commandOf = (script: string, cwd: string): Command => ({
  argv: ['bash', '-c', script],
  env: { PATH: process.env['PATH'] ?? '' },
  cwd,
  splitStreams: false,
});

/** Numbers that a process printed as `name=123`, by name, once all names have been printed. */
export const pidsFrom = async (watched: Watched, names: readonly string[]): Promise<readonly number[]> => {
  const find = (name: string): string | undefined => new RegExp(`^${name}=(\\d+)$`, 'm').exec(watched.text())?.[1];
  await until(() => names.every((name) => find(name) !== undefined));
  return names.map((name) => Number(find(name)));
};

/** Whether a process with that id runs. */
export const lives = (pid: number): boolean => {
  const row = readProcessRow(pid);
  return row !== undefined && isAlive(row);
};

const watch = (processes: MachineProcesses, command: Command): Watched => {
  const chunks: { readonly stream: Stream; readonly chunk: Buffer }[] = [];
  const started = processes.start(command, (stream, chunk) => chunks.push({ stream, chunk: Buffer.from(chunk) }));
  if (!started.ok) throw new Error(started.error);
  const bytes = (stream: Stream = 'all'): Buffer =>
    Buffer.concat(chunks.filter((one) => one.stream === stream).map(({ chunk }) => chunk));
  return { ...started.value, bytes, text: (stream) => bytes(stream).toString() };
};

const killHard = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process has ended, as it should.
  }
};
