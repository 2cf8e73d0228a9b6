import { linkSync, readFileSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { never } from '../../base/assert.js';
import { sha256 } from '../../base/hash.js';
import { err, ok, type Result } from '../../base/result.js';
import { codeOf, ifThere, ioMessage } from '../files/io-result.js';
import { ownIdentity, parseIdentity, standingOf, type ProcessIdentity } from '../process/process-identity.js';

/** A lock that this process holds. */
export type Lock = {
  /** Gives it back; harmless when it is no longer ours. */
  readonly release: () => void;
};

/** Why there is no lock. */
export type LockProblem =
  | { readonly kind: 'held'; readonly pid: number; readonly since: string }
  /** By a process that this machine or container cannot see. */
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
 * Takes the lock that a file stands for, also from a process that died with it.
 *
 * A lock is complete when it appears (a hard link to a finished file) and is never moved aside. Whoever finds a dead
 * one first links its own beside it, under a name made of the dead one's content: only one process can. If the dead
 * one is then still in place, nobody else may touch it, and the winner renames its own over it.
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

/** What to tell a user who cannot have the lock, with the way out. */
export const describeLockProblem = (problem: LockProblem): string => {
  switch (problem.kind) {
    case 'held':
      return `another run uses this work directory: process ${String(problem.pid)}, since ${problem.since}; wait for it or end it`;
    case 'held-elsewhere':
      return (
        `another run uses this work directory: process ${String(problem.pid)} on "${problem.host}", since ${problem.since}; ` +
        `from here nobody can see whether it still lives. If it does not, remove ${problem.file}`
      );
    case 'unreadable':
      return `${problem.file} is not a lock this version understands; if no run is going on, remove it`;
    case 'unusable':
      return problem.message;
  }
};

type Contender = { readonly file: string; readonly draft: string; readonly own: ProcessIdentity };

/** Each turn that ends without an answer means that another process got further in the meantime. */
const MAX_TURNS = 100;

/** Puts our lock in a place; undefined when it is ours then. */
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

/** Undefined when whoever wrote it is gone. A lock appears complete, so an empty one is what a power cut left. */
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
