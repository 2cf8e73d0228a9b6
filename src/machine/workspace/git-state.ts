import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { newSha256 } from '../../base/hash.js';
import { err, ok, type Result } from '../../base/result.js';
import { ifThere, ioMessage, tryIo } from '../files/io-result.js';
import { gitEnvironment } from './git-tracked.js';

/** Detects changes to the repository of a workspace, which no checkpoint contains. */
export type GitWatch = {
  /**
   * Whether HEAD, a ref or the index content changed since the last call, or since the watch was created. A repository
   * that appeared or disappeared is a change; a mere refresh of the index is not. An error when git fails; the next call
   * then compares with the present state.
   */
  readonly changed: () => Promise<Result<boolean>>;
};

/** Watches the repository whose `.git`, a folder or a file, lies in the workspace; it need not exist yet. */
export const createGitWatch = async (workspace: string): Promise<GitWatch> => {
  let known = await readRepository(workspace);
  return {
    changed: async () => {
      const traces = readTraces(workspace);
      if (traces.ok && known.traces.ok && traces.value === known.traces.value) return ok(false);
      const before = known;
      known = await readRepository(workspace);
      if (!known.content.ok) return known.content;
      return before.content.ok ? ok(before.content.value !== known.content.value) : before.content;
    },
  };
};

type RepositoryTraces = {
  /** Cheap to get: inodes, sizes and times of the repository's files. */
  readonly traces: Result<string>;
  /** Decisive: a digest of git's own output. */
  readonly content: Result<string>;
};

/** Traces are read first, so that a change in between is noticed by the next call. */
const readRepository = async (workspace: string): Promise<RepositoryTraces> => {
  const traces = readTraces(workspace);
  return { traces, content: traces.ok ? await readContent(workspace) : traces };
};

/** Git replaces these files to change them, so a change shows in their inode and times. */
const readTraces = (workspace: string): Result<string> =>
  tryIo(`cannot look at the repository in ${workspace}`, () => {
    const folder = gitFolder(workspace);
    if (folder === undefined) return '';
    const shared = sharedFolder(folder);
    const files = [
      ...['HEAD', 'index', 'refs'].map((name) => join(folder, name)),
      ...['packed-refs', 'refs', 'reftable'].map((name) => join(shared, name)),
    ];
    return files.map(traceOf).join('\n');
  });

/** In a submodule or a linked worktree, `.git` is a file that names the folder. */
const gitFolder = (workspace: string): string | undefined => {
  const path = join(workspace, '.git');
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return stat === undefined ? undefined : path;
  const named = /^gitdir: (.*?)\s*$/s.exec(readFileSync(path, 'utf8'))?.[1];
  return named === undefined ? path : resolve(workspace, named);
};

/** The folder that holds a worktree's refs; in most repositories the same one. */
const sharedFolder = (folder: string): string =>
  resolve(folder, ifThere(() => readFileSync(join(folder, 'commondir'), 'utf8'))?.trim() ?? '.');

/** For a folder, including its content. */
const traceOf = (path: string): string => {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return '';
  const own = [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].map(String).join(' ');
  if (!stat.isDirectory()) return own;
  const entries = ifThere(() => readdirSync(path)) ?? [];
  return [own, ...entries.sort().map((name) => `${name} ${traceOf(join(path, name))}`)].join('\n');
};

/** Includes the text of HEAD: another branch at the same commit is a change. */
const readContent = async (workspace: string): Promise<Result<string>> => {
  const head = tryIo(`cannot read HEAD in ${workspace}`, () => {
    const folder = gitFolder(workspace);
    return folder === undefined ? undefined : readFileSync(join(folder, 'HEAD'), 'utf8');
  });
  if (!head.ok) return head;
  if (head.value === undefined) return ok('none');
  const digest = newSha256();
  digest.update(head.value);
  for (const question of QUESTIONS) {
    const answered = await askGit(workspace, question, (answer) => digest.update(answer));
    if (!answered.ok) return answered;
  }
  return ok(digest.digest().toString('hex'));
};

const QUESTIONS: readonly (readonly string[])[] = [
  ['for-each-ref', '--format=%(refname) %(objectname) %(symref)'],
  ['ls-files', '--stage', '-v', '-z'],
];

/** Any owner of the repository is accepted, since steps run git in it anyway. Starts no configured program, writes nothing. */
const OPTIONS = ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false', '--no-optional-locks'];

const askGit = (
  workspace: string,
  question: readonly string[],
  answer: (chunk: Buffer) => void,
): Promise<Result<void>> =>
  new Promise((settle) => {
    const started = tryIo(`cannot ask git about ${workspace}`, () => startGit(workspace, question));
    if (!started.ok) return settle(started);
    const git = started.value;
    let complaint = '';
    git.stdout.on('data', answer);
    git.stderr.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(0, COMPLAINT_LENGTH)));
    git.once('error', (error) => settle(err(ioMessage(`cannot ask git about ${workspace}`, error))));
    git.once('close', (code) => {
      if (code === 0) settle(ok(undefined));
      else settle(err(`git cannot say what is in ${workspace}: ${complaint.trim()}`));
    });
  });

const startGit = (workspace: string, question: readonly string[]): ChildProcessByStdio<null, Readable, Readable> =>
  spawn('git', [...OPTIONS, ...question], {
    cwd: workspace,
    env: gitEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const COMPLAINT_LENGTH = 1000;
