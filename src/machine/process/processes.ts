import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { err, ok, type Result } from '../../base/result.js';
import type { Command, Exit, Processes, RunningProcess } from '../../run/context/ports.js';
import { systemClock } from './clock.js';
import { endProcessTree, killProcessTree, type Ending } from './end-process-tree.js';
import { createFifoPool, type FifoPool } from './fifo-pool.js';
import { openOutputPipe, type Delivery, type OnOutput, type OutputPipe } from './output-pipe.js';
import { processStartOfChild } from './process-table.js';
import type { TreeRoot } from './process-tree.js';
import { explainSpawnProblem } from './spawn-problem.js';

/** Child processes of this machine. `close` kills those still running and removes all named pipes. */
export type MachineProcesses = Processes & { readonly close: () => void };

/** How long to wait for output of background processes after a command has ended. */
const DRAIN_LIMIT_MS = 1000;

/** Starts real processes; `pipeFolder` is an existing folder that only this user can enter. */
export const createProcesses = (options: { readonly pipeFolder: string }): MachineProcesses => {
  const pool = createFifoPool(options.pipeFolder);
  const running = new Set<Tree>();
  return {
    start: (command, onOutput) => startProcess({ pool, running }, command, onOutput),
    close: () => {
      for (const tree of running) killProcessTree(tree);
      pool.close();
    },
  };
};

type Shared = { readonly pool: FifoPool; readonly running: Set<Tree> };

const startProcess = ({ pool, running }: Shared, command: Command, onOutput: OnOutput): Result<RunningProcess> => {
  const pipe = openOutputPipe(pool, command.splitStreams);
  const spawned = spawnChild(command, pipe);
  if (!spawned.ok) {
    pipe.abandon();
    return err(explainSpawnProblem(command, spawned.error));
  }
  const { child, pid } = spawned.value;
  const delivery = pipe.deliver(child, onOutput);
  const group = { pid, processStart: processStartOfChild(pid) };
  const tree = { group, ...markOf(command), fresh: true };
  running.add(tree);
  const started = followProcess(tree, exitOf(child), delivery);
  void started.ended.then(() => running.delete(tree));
  return ok(started);
};

type Spawned = { readonly child: ChildProcess; readonly pid: number };

/** Some failures are thrown, with a code; others come later as an event, and the child has no pid. */
const spawnChild = (command: Command, pipe: OutputPipe): Result<Spawned, string | undefined> => {
  const [program = '', ...args] = command.argv;
  try {
    const child = spawn(program, args, {
      cwd: command.cwd,
      env: command.env,
      detached: process.platform !== 'win32',
      stdio: ['ignore', ...pipe.childEnds],
    });
    child.on('error', () => undefined);
    return child.pid === undefined ? err(undefined) : ok({ child, pid: child.pid });
  } catch (error) {
    return err((error as NodeJS.ErrnoException).code);
  }
};

const exitOf = (child: ChildProcess): Promise<Exit> =>
  new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      if (signal === null) resolve({ kind: 'exited', code: code ?? 0 });
      else resolve({ kind: 'signalled', signal, number: constants.signals[signal] });
    });
  });

const markOf = (command: Command): Pick<TreeRoot, 'mark'> => {
  const { SAVEPOINT_RUN_ID: runId, SAVEPOINT_STEP: step } = command.env;
  return runId === undefined || step === undefined ? {} : { mark: { runId, step } };
};

type Tree = TreeRoot & Required<Pick<TreeRoot, 'group'>>;

/** Once `ended` has settled, background processes no longer belong to the step and `stop` leaves them alone. */
const followProcess = (tree: Tree, exited: Promise<Exit>, delivery: Delivery): RunningProcess => {
  let ending: Ending | undefined;
  let isOver = false;
  const settle = async (): Promise<Exit> => {
    const exit = await exited;
    await within(DRAIN_LIMIT_MS, delivery.drained);
    if (ending !== undefined) {
      await ending.done;
      await within(DRAIN_LIMIT_MS, delivery.drained);
    }
    isOver = true;
    delivery.detach();
    return exit;
  };
  const stop = (graceMs: number): void => {
    if (isOver) return;
    if (ending === undefined) ending = endProcessTree(tree, graceMs);
    else ending.shorten(graceMs);
  };
  return { ...tree.group, ended: settle(), stop };
};

const within = async (limitMs: number, settled: Promise<unknown>): Promise<void> => {
  let cancel = (): void => undefined;
  const limit = new Promise<void>((resolve) => {
    cancel = systemClock.after(limitMs, resolve);
  });
  await Promise.race([settled, limit]);
  cancel();
};
