import { readFileSync } from 'node:fs';
import { isAlive, type ProcessRow, readProcessTable } from '../../../src/machine/process/process-table.js';

/** A process that was ended because its job is over. */
export type SweptProcess = {
  readonly pid: number;
  /** Its command line, with spaces between the words. */
  readonly command: string;
};

/** Ends every process whose environment has this `RUNNER_TRACKING_ID`, as the runner does at the end of a job, and waits for their end. */
export const sweepProcesses = (trackingId: string): readonly SweptProcess[] => {
  const found = livingRows().filter(({ pid }) => isTracked(pid, trackingId));
  const swept = found.map(({ pid }) => ({ pid, command: commandOf(pid) }));
  killAll(swept.map(({ pid }) => pid));
  return swept;
};

/** Ends these processes, their descendants and all processes of the job, as when a machine is switched off, and waits for their end. */
export const killEverything = (pids: readonly number[], trackingId: string): void => {
  for (let victims = pids; ;) {
    const rows = livingRows();
    const marked = rows.filter(({ pid }) => isTracked(pid, trackingId)).map(({ pid }) => pid);
    const living = victims.filter((pid) => rows.some((row) => row.pid === pid));
    victims = withDescendants([...living, ...marked], rows);
    if (victims.length === 0) return;
    killAll(victims);
  }
};

/** Kills them and waits until they are gone. */
const killAll = (pids: readonly number[]): void => {
  pids.forEach(kill);
  while (livingRows().some(({ pid }) => pids.includes(pid)));
};

const livingRows = (): readonly ProcessRow[] => readProcessTable().filter(isAlive);

const withDescendants = (pids: readonly number[], rows: readonly ProcessRow[]): readonly number[] => {
  const family = new Set(pids);
  for (let before = -1; before < family.size;) {
    before = family.size;
    for (const { pid, ppid } of rows) if (family.has(ppid)) family.add(pid);
  }
  return [...family];
};

/** Works on Linux only; elsewhere environments cannot be read, so nothing is found. */
const isTracked = (pid: number, trackingId: string): boolean =>
  pid !== process.pid && `\0${readProc(pid, 'environ')}`.includes(`\0RUNNER_TRACKING_ID=${trackingId}\0`);

const commandOf = (pid: number): string => readProc(pid, 'cmdline').split('\0').join(' ').trim();

const readProc = (pid: number, name: 'environ' | 'cmdline'): string => {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // The process has just ended.
  }
};
