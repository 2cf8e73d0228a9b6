import type { ProcessGroup } from '../../state/run-state.js';
import { hasMark, isAlive, isSameStart, readProcessTable, type ProcessMark, type ProcessRow } from './process-table.js';
import { sendSignal } from './send-signal.js';

/** How a process tree is recognised: by its first group and by the mark in its environment. */
export type TreeRoot = {
  readonly group?: ProcessGroup;
  readonly mark?: ProcessMark;
  /** This process started the group, and it ended just now at the latest, so its id cannot have been reused. */
  readonly fresh: boolean;
};

/** The living processes of a tree. */
export type TreeMembers = {
  readonly processes: readonly ProcessRow[];
  /** The id of its process group, as long as the group still belongs to the tree. */
  readonly group?: number;
};

/**
 * Returns a search for the living processes of a tree: its group, processes with its mark, their descendants, and those
 * found by earlier searches. Never finds this process, its ancestors or its group.
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

/** Where processes cannot be listed, only a group that this process started is known. */
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
 * A group's id cannot be reused while the group has members. So the group belongs to the tree if its leader is the process
 * that was started; without a leader, if it is fresh or a member carries the mark. An empty group belongs to no tree.
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
  // Iterating over a set includes elements added during the iteration.
  for (const row of found) for (const child of children.get(row.pid) ?? []) found.add(child);
  return [...found];
};
