import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { never } from '../../base/assert.js';
import { sha256 } from '../../base/hash.js';
import { err, ok, type Result } from '../../base/result.js';
import { codeOf, ifThere, ioMessage } from '../files/io-result.js';
import { ownIdentity, parseIdentity, standingOf, type ProcessIdentity } from '../process/process-identity.js';

/** A lock that this process holds. */
export type Lock = {
  /** Releases it; harmless when it is no longer ours. */
  readonly release: () => void;
};

/** Why the lock was not acquired. */
export type LockProblem =
  | { readonly kind: 'held'; readonly pid: number; readonly since: string }
  /** Held by a process that this machine or container cannot see. */
  | {
      readonly kind: 'held-elsewhere';
      readonly pid: number;
      readonly since: string;
      readonly host: string;
      readonly file: string;
    }
  | { readonly kind: 'unreadable'; readonly file: string }
  | { readonly kind: 'unusable'; readonly message: string };

/**
 * Acquires the lock that a file stands for, even if a dead process still holds it.
 *
 * A lock file appears complete, as a hard link to a finished file, and is never moved aside. A process that finds a stale
 * lock first links its own lock under a name derived from the stale content, which only one process can do. If the stale
 * lock is still there then, no other process may touch it, and the winner renames its own lock over it.
 */
export const acquireLock = (file: string): Result<Lock, LockProblem> => {
  const own = ownIdentity();
  const text = `${JSON.stringify({ v: 1, ...own, started_at: new Date().toISOString() })}\n`;
  const draft = `${file}.${String(process.pid)}-${Math.random().toString(36).slice(2)}`;
  try {
    writeFileSync(draft, text, { flag: 'wx' });
    const problem = claim(file, { file, draft, own });
    return problem === undefined ? ok({ release: () => release(file, text) }) : err(problem);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
    return err({ kind: 'unusable', message: ioMessage(`cannot make the lock ${file}`, error) });
  } finally {
    rmSync(draft, { force: true });
  }
};

/** Message for a user who cannot get the lock, with the way out. */
export const describeLockProblem = (problem: LockProblem): string => {
  switch (problem.kind) {
    case 'held':
      return `another run uses this work directory: process ${String(problem.pid)}, since ${problem.since}; wait for it or end it`;
    case 'held-elsewhere':
      return (
        `another run uses this work directory: process ${String(problem.pid)} on "${problem.host}", since ${problem.since}; ` +
        `this machine cannot tell whether it is still running. If it is not, remove ${problem.file}`
      );
    case 'unreadable':
      return `${problem.file} is not a lock this version understands; if no run is in progress, remove it`;
    case 'unusable':
      return problem.message;
  }
};

type Contender = { readonly file: string; readonly draft: string; readonly own: ProcessIdentity };

/** A turn ends without a result only if another process made progress meanwhile. */
const MAX_TURNS = 100;

/** Puts our lock file at a path; undefined on success. */
const claim = (path: string, contender: Contender): LockProblem | undefined => {
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    if (linkIfFree(contender.draft, path)) return undefined;
    const found = ifThere(() => readFileSync(path, 'utf8'));
    if (found === undefined) continue;
    const refusal = whyRefused(found, contender);
    if (refusal !== undefined) return refusal;
    const successor = `${contender.file}.after-${sha256(found).slice(0, 16)}`;
    const lost = claim(successor, contender);
    if (lost !== undefined) return lost;
    if (ifThere(() => readFileSync(path, 'utf8')) === found) {
      renameSync(successor, path);
      return undefined;
    }
    unlinkSync(successor);
  }
  return { kind: 'unusable', message: `the lock ${contender.file} keeps changing hands; try again` };
};

const linkIfFree = (draft: string, path: string): boolean => {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
};

/** Undefined when its holder is gone. Locks appear complete, so an empty one was left by a power failure. */
const whyRefused = (text: string, { file, own }: Contender): LockProblem | undefined => {
  if (/^\0*$/.test(text)) return undefined;
  const holder = parseIdentity(text);
  if (holder === undefined) return { kind: 'unreadable', file };
  const { pid, host } = holder;
  const since = String(holder['started_at']);
  const standing = standingOf(holder, own);
  switch (standing) {
    case 'alive':
      return { kind: 'held', pid, since };
    case 'unknown':
      return { kind: 'held-elsewhere', pid, since, host, file };
    case 'gone':
      return undefined;
    default:
      return never(standing);
  }
};

const release = (file: string, text: string): void => {
  try {
    if (readFileSync(file, 'utf8') === text) unlinkSync(file);
  } catch (error) {
    if (codeOf(error) === undefined) throw error;
  }
};
