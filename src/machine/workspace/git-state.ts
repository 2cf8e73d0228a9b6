import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { newSha256 } from '../../base/hash.js';
import { err, ok, type Result } from '../../base/result.js';
import { ifThere, ioMessage, tryIo } from '../files/io-result.js';
import { gitEnvironment } from './git-tracked.js';

/** Says whether steps change the repository of a workspace, which no checkpoint holds. */
export type GitWatch = {
  /**
   * Whether HEAD, a ref or what is in the index is other than when it was last asked, or the watch created; a repository
   * that came or went is a change too. That git only looked at files anew is none. An error when git cannot say; then
   * what is there now is what the next answer compares with.
   */
  readonly changed: () => Promise<Result<boolean>>;
};

/** Watches the repository whose `.git`, a folder or a file, lies in the workspace; also where there is none yet. */
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
  /** Cheap to get: what the system says about the files of the repository. */
  readonly traces: Result<string>;
  /** What counts: a digest of what git says. */
  readonly content: Result<string>;
};

/** The traces come first: what changes in between is asked about next time. */
const readRepository = async (workspace: string): Promise<RepositoryTraces> => {
  const traces = readTraces(workspace);
  return { traces, content: traces.ok ? await readContent(workspace) : traces };
};

/** Git replaces these files whenever it changes them, so that a change shows in their inode and times. */
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

/** Of a submodule or a second worktree `.git` is a file that names the folder. */
const gitFolder = (workspace: string): string | undefined => {
  const path = join(workspace, '.git');
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true) return stat === undefined ? undefined : path;
  const named = /^gitdir: (.*?)\s*$/s.exec(readFileSync(path, 'utf8'))?.[1];
  return named === undefined ? path : resolve(workspace, named);
};

/** Where a worktree's refs are; in most repositories its own folder. */
const sharedFolder = (folder: string): string =>
  resolve(folder, ifThere(() => readFileSync(join(folder, 'commondir'), 'utf8'))?.trim() ?? '.');

/** Of a folder with everything in it. */
const traceOf = (path: string): string => {
  const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (stat === undefined) return '';
  const own = [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].map(String).join(' ');
  if (!stat.isDirectory()) return own;
  const entries = ifThere(() => readdirSync(path)) ?? [];
  return [own, ...entries.sort().map((name) => `${name} ${traceOf(join(path, name))}`)].join('\n');
};

/** HEAD by its text too: another branch of the same commit is a change. */
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

/** Whoever owns the repository: steps run git in it anyway. No program of its configuration is started, nothing is written. */
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
