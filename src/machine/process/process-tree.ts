import type { ProcessGroup } from '../../state/run-state.js';
import { hasMark, isAlive, isSameStart, readProcessTable, type ProcessMark, type ProcessRow } from './process-table.js';
import { sendSignal } from './send-signal.js';

/** What is known of a process tree: the group it began with and the mark in its environment. */
export type TreeRoot = {
  readonly group?: ProcessGroup;
  readonly mark?: ProcessMark;
  /** We started the group ourselves and it is at most just over, so that its id cannot belong to others yet. */
  readonly fresh: boolean;
};

/** What is alive of a tree. */
export type TreeMembers = {
  readonly processes: readonly ProcessRow[];
  /** The id of its process group, while that group is known to be the tree's. */
  readonly group?: number;
};

/**
 * Returns a search for what is alive of a process tree: its group, processes that carry its mark, all their descendants, and
 * whatever an earlier search found. Never finds this process, its ancestors or its group.
 */
export const processTree = (root: TreeRoot): (() => TreeMembers) => {
  const known = new Map<number, number>();
  let isGroupOver = false;
  return () => {
    const table = readProcessTable();
    if (table.length === 0) return membersWithoutTable(root);
    const candidates = withoutOurselves(table).filter((row) => isAlive(row));
    const group = isGroupOver ? undefined : groupOf(root, table);
    isGroupOver = group === undefined;
    const isSeed = (row: ProcessRow): boolean =>
      known.get(row.pid) === row.start || row.group === group || isMarked(root, row);
    const processes = withDescendants(candidates, candidates.filter(isSeed));
    for (const row of processes) known.set(row.pid, row.start);
    return group === undefined ? { processes } : { processes, group };
  };
};

/** Where processes cannot be listed, a group of ours is all we know of the tree. */
const membersWithoutTable = (root: TreeRoot): TreeMembers => {
  if (!root.fresh || root.group === undefined || !groupOrLeaderExists(root.group.pid)) return { processes: [] };
  const group = root.group.pid;
  return { processes: [{ pid: group, ppid: process.pid, group, state: 'R', start: 0 }], group };
};

const groupOrLeaderExists = (pid: number): boolean => sendSignal(-pid, 0) || sendSignal(pid, 0);

const withoutOurselves = (table: readonly ProcessRow[]): readonly ProcessRow[] => {
  const byPid = new Map(table.map((row) => [row.pid, row]));
  const ourGroup = byPid.get(process.pid)?.group;
  const ourLine = new Set<number>();
  for (let row = byPid.get(process.pid); row !== undefined && !ourLine.has(row.pid); row = byPid.get(row.ppid)) {
    ourLine.add(row.pid);
  }
  return table.filter((row) => row.pid > 1 && row.group !== ourGroup && !ourLine.has(row.pid));
};

/**
 * A group's id cannot be given to a new process while the group has members. So the group is the tree's if its leader is the
 * one we started; without a leader, if we know so or a member carries the mark. Once empty it is nobody's.
 */
const groupOf = (root: TreeRoot, table: readonly ProcessRow[]): number | undefined => {
  if (root.group === undefined) return undefined;
  const { pid, processStart } = root.group;
  const members = table.filter((row) => row.group === pid);
  if (members.length === 0 || members.some((row) => row.pid === process.pid)) return undefined;
  const leader = table.find((row) => row.pid === pid);
  const isOurs =
    leader === undefined
      ? root.fresh || members.some((row) => isMarked(root, row))
      : isSameStart(leader, processStart) || (root.fresh && processStart === '');
  return isOurs ? pid : undefined;
};

const isMarked = (root: TreeRoot, row: ProcessRow): boolean => root.mark !== undefined && hasMark(row.pid, root.mark);

const withDescendants = (candidates: readonly ProcessRow[], seeds: readonly ProcessRow[]): readonly ProcessRow[] => {
  const children = new Map<number, ProcessRow[]>();
  for (const row of candidates) {
    const siblings = children.get(row.ppid);
    if (siblings === undefined) children.set(row.ppid, [row]);
    else siblings.push(row);
  }
  const found = new Set(seeds);
  // A set hands out what is added while it is being walked.
  for (const row of found) for (const child of children.get(row.pid) ?? []) found.add(child);
  return [...found];
};
