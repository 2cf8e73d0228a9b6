import { setTimeout as pause } from 'node:timers/promises';
import type { ProcessRow } from './process-table.js';
import { processTree, type TreeMembers, type TreeRoot } from './process-tree.js';
import { sendSignal } from './send-signal.js';

/** Result of ending a tree. */
export type TreeEnd = {
  /** The number of processes that were alive and have ended. */
  readonly ended: number;
  /** Processes that could not be ended: another user's, or stuck in the kernel. */
  readonly left: readonly number[];
};

/** A process tree that is being ended. */
export type Ending = {
  /** Settles when no process remains that can be ended. Never rejects. */
  readonly done: Promise<TreeEnd>;
  /** Moves the KILL to that many milliseconds from now, if that is sooner. */
  readonly shorten: (graceMs: number) => void;
};

const SHORTEST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;
const KILL_ROUNDS = 50;

/** Ends a process tree: TERM to all processes at once, KILL to those left after the grace period. */
export const endProcessTree = (root: TreeRoot, graceMs: number): Ending => {
  const tree = watchTree(root);
  let killAt = performance.now() + graceMs;
  const escalate = async (): Promise<TreeEnd> => {
    signalMembers(tree.scan(), 'SIGTERM');
    await untilEmpty(tree, () => killAt);
    for (let round = 0; round < KILL_ROUNDS && !tree.isEmpty(); round++) {
      signalMembers(tree.scan(), 'SIGKILL');
      await pause(Math.min(SHORTEST_PAUSE_MS + round, LONGEST_PAUSE_MS));
    }
    return tree.end();
  };
  return {
    done: escalate(),
    shorten: (laterGraceMs) => {
      killAt = Math.min(killAt, performance.now() + laterGraceMs);
    },
  };
};

/** Kills a process tree without waiting, for a program that is about to exit. */
export const killProcessTree = (root: TreeRoot): void => {
  const scan = processTree(root);
  for (let round = 0; round < KILL_ROUNDS; round++) {
    const members = scan();
    if (members.processes.length === 0) return;
    signalMembers(members, 'SIGKILL');
  }
};

/** Processes that start during the grace period, such as the cleanup of a trap, get no signal until the KILL. */
const untilEmpty = async (tree: WatchedTree, deadline: () => number): Promise<void> => {
  for (let pauseMs = SHORTEST_PAUSE_MS; !tree.isEmpty(); pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    const leftMs = deadline() - performance.now();
    if (leftMs <= 0) return;
    await pause(Math.min(pauseMs, leftMs));
  }
};

type WatchedTree = {
  readonly scan: () => TreeMembers;
  readonly isEmpty: () => boolean;
  readonly end: () => TreeEnd;
};

const watchTree = (root: TreeRoot): WatchedTree => {
  const scan = processTree(root);
  const seen = new Set<number>();
  const remember = (): TreeMembers => {
    const members = scan();
    for (const row of members.processes) seen.add(row.pid);
    return members;
  };
  // A process that starts while the table is read may be missed once, but the second read finds it by its mark or parent.
  const isEmpty = (): boolean => !remember().processes.some(canSignal) && !remember().processes.some(canSignal);
  const end = (): TreeEnd => {
    const left = scan().processes.map((row) => row.pid);
    return { ended: seen.size - left.length, left };
  };
  return { scan: remember, isEmpty, end };
};

const canSignal = (row: ProcessRow): boolean => sendSignal(row.pid, 0);

/** Signals each process once: the group as a whole, so that none escapes by forking, then the others one by one. */
const signalMembers = ({ processes, group }: TreeMembers, signal: 'SIGTERM' | 'SIGKILL'): void => {
  const isInGroup = (row: ProcessRow): boolean => row.group === group;
  const others =
    group !== undefined && sendSignal(-group, signal) ? processes.filter((row) => !isInGroup(row)) : processes;
  for (const row of others) sendSignal(row.pid, signal);
  for (const row of processes) if (row.state === 'T') sendSignal(row.pid, 'SIGCONT');
};
