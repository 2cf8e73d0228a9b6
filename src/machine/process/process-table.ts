import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, readSync, readdirSync } from 'node:fs';

/** One process of this machine when the table was read. */
export type ProcessRow = {
  readonly pid: number;
  readonly ppid: number;
  readonly group: number;
  /** One letter as in `ps`: `Z` is a zombie, `T` is stopped. */
  readonly state: string;
  /** Start time, for comparison only: clock ticks since boot on Linux, seconds since 1970 elsewhere. */
  readonly start: number;
};

/** Run and step, as the environment of every process of a step names them. */
export type ProcessMark = { readonly runId: string; readonly step: string };

const IS_LINUX = process.platform === 'linux';

/** How many seconds `ps` and our own clock may differ where there is no `/proc`. */
const START_TOLERANCE_S = 2;

/** All processes of this machine; empty without `/proc` and `ps`. */
export const readProcessTable = (): readonly ProcessRow[] => (IS_LINUX ? readProcTable() : readPsTable(['-A']));

/** The process with this id, even a zombie; undefined when there is none. */
export const readProcessRow = (pid: number): ProcessRow | undefined =>
  IS_LINUX ? readProcRow(String(pid)) : readPsTable(['-p', String(pid)])[0];

/** Whether a process still runs, so is not a zombie. */
export const isAlive = (row: ProcessRow): boolean => row.state !== 'Z' && row.state !== 'X';

/** Start of a process, which with its pid identifies it across pid reuse and reboots; undefined when it is not alive. */
export const processStartOf = (pid: number): string | undefined => {
  const row = readProcessRow(pid);
  return row !== undefined && isAlive(row) ? processStartText(row.start) : undefined;
};

/** The same for a process that was just spawned, without the cost of a `ps`; empty when it is unavailable. */
export const processStartOfChild = (pid: number): string => {
  if (!IS_LINUX) return processStartText(Math.floor(Date.now() / 1000));
  const row = readProcRow(String(pid));
  return row === undefined ? '' : processStartText(row.start);
};

/** Whether a process has this recorded start. */
export const isSameStart = (row: ProcessRow, processStart: string): boolean =>
  IS_LINUX
    ? processStartText(row.start) === processStart
    : Math.abs(row.start - Number.parseInt(processStart, 10)) <= START_TOLERANCE_S;

/** Whether a process was started with the environment of this step; false where environments cannot be read. */
export const hasMark = (pid: number, mark: ProcessMark): boolean => {
  const environment = readEnvironment(pid);
  return (
    environment !== undefined &&
    environment.includes(`\0SAVEPOINT_RUN_ID=${mark.runId}\0`) &&
    environment.includes(`\0SAVEPOINT_STEP=${mark.step}\0`)
  );
};

const readProcTable = (): ProcessRow[] => {
  const rows: ProcessRow[] = [];
  for (const name of listProc()) {
    const row = /^\d+$/.test(name) ? readProcRow(name) : undefined;
    if (row !== undefined) rows.push(row);
  }
  return rows;
};

const listProc = (): readonly string[] => {
  try {
    return readdirSync('/proc');
  } catch {
    return [];
  }
};

const statBuffer = Buffer.allocUnsafeSlow(4096);

/** `/proc/<pid>/stat`: see proc_pid_stat(5); the name in its second field may itself hold spaces and brackets. */
const readProcRow = (pid: string): ProcessRow | undefined => {
  const text = readStat(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return {
    pid: Number(pid),
    state: fields[0] ?? '',
    ppid: Number(fields[1]),
    group: Number(fields[2]),
    start: Number(fields[19]),
  };
};

const readStat = (path: string): string | undefined => {
  let fd: number | undefined;
  try {
    fd = openSync(path, 'r');
    return statBuffer.toString('latin1', 0, readSync(fd, statBuffer, 0, statBuffer.length, 0));
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
};

const readPsTable = (selection: readonly string[]): readonly ProcessRow[] => {
  const columns = 'pid=,ppid=,pgid=,stat=,lstart=';
  const ps = spawnSync('ps', [...selection, '-o', columns], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    maxBuffer: 64 * 1024 * 1024,
  });
  return ps.error === undefined ? ps.stdout.split('\n').flatMap(parsePsLine) : [];
};

const parsePsLine = (line: string): readonly ProcessRow[] => {
  const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S)\S*\s+(.*)$/.exec(line);
  if (match === null) return [];
  const [pid, ppid, group] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return [{ pid, ppid, group, state: match[4] ?? '', start: Date.parse(match[5] ?? '') / 1000 }];
};

const processStartText = (start: number): string => (IS_LINUX ? `${String(start)}.${bootId()}` : String(start));

let knownBootId: string | undefined;

/** Ticks since boot repeat after a reboot; the boot's id, shortened, does not. */
const bootId = (): string => {
  knownBootId ??= readText('/proc/sys/kernel/random/boot_id').slice(0, 8);
  return knownBootId;
};

const readText = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

const NUL = Buffer.from('\0');

const readEnvironment = (pid: number): Buffer | undefined => {
  if (!IS_LINUX) return undefined;
  try {
    return Buffer.concat([NUL, readFileSync(`/proc/${String(pid)}/environ`)]);
  } catch {
    return undefined;
  }
};
