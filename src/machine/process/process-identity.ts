import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isPlainObject } from '../../base/stable-json.js';
import { codeOf } from '../files/io-result.js';
import { processStartOf } from './process-table.js';

/** Identifies a process across pid reuse, reboots and containers. Property names are those on disk. */
export type ProcessIdentity = {
  readonly pid: number;
  /** Empty where the system does not provide it. */
  readonly process_start: string;
  /** Linux: changes with each boot; empty elsewhere. */
  readonly boot_id: string;
  /** Linux: containers do not see each other's processes; empty elsewhere. */
  readonly pid_namespace: string;
  readonly host: string;
};

/** Whether a process still lives; `unknown` when this machine or container cannot tell. */
export type Standing = 'alive' | 'gone' | 'unknown';

/** The identity of this process. */
export const ownIdentity = (): ProcessIdentity => ({
  pid: process.pid,
  process_start: processStartOf(process.pid) ?? '',
  boot_id: orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
  pid_namespace: orEmpty(() => readlinkSync('/proc/self/ns/pid')),
  host: hostname(),
});

/** Whether a process lives, as seen from the process with the identity `own`. */
export const standingOf = (identity: ProcessIdentity, own: ProcessIdentity): Standing => {
  if (identity.host !== own.host) return 'unknown';
  if (identity.boot_id !== own.boot_id) return 'gone';
  if (identity.pid_namespace !== own.pid_namespace || identity.process_start === '') return 'unknown';
  return processStartOf(identity.pid) === identity.process_start ? 'alive' : 'gone';
};

/** The identity in the text of a file, with the file's other properties; undefined when there is none. */
export const parseIdentity = (text: string): (ProcessIdentity & Record<string, unknown>) | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isIdentity(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

const isIdentity = (value: unknown): value is ProcessIdentity & Record<string, unknown> =>
  isPlainObject(value) &&
  value['v'] === 1 &&
  Number.isSafeInteger(value['pid']) &&
  ['process_start', 'boot_id', 'pid_namespace', 'host'].every((name) => typeof value[name] === 'string');

const orEmpty = (read: () => string): string => {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return '';
  }
};
