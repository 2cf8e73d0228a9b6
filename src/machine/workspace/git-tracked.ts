import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';

/**
 * The files among these that git tracks, each in its own repository, nested ones included. Paths are absolute.
 * Outside a repository nothing is tracked; a repository that git cannot read is an error.
 */
export const trackedFiles = (files: readonly string[]): Result<ReadonlySet<string>> => {
  const tracked = new Set<string>();
  for (const [repository, members] of byRepository(files)) {
    for (const batch of batchesOf(members.map((file) => relative(repository, file)))) {
      const listed = listTracked(repository, batch);
      if (!listed.ok) return listed;
      for (const name of listed.value) tracked.add(join(repository, name));
    }
  }
  return ok(tracked);
};

/** A clean environment for git: variables set by a hook that started us would name another repository or index. */
export const gitEnvironment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  LC_ALL: 'C',
});

const byRepository = (files: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const repositories = new Map<string, string | undefined>();
  const groups = new Map<string, string[]>();
  for (const file of files) {
    const repository = repositoryOf(dirname(file), repositories);
    if (repository === undefined) continue;
    const group = groups.get(repository);
    if (group === undefined) groups.set(repository, [file]);
    else group.push(file);
  }
  return groups;
};

/** The nearest folder upwards that contains a `.git`. */
const repositoryOf = (folder: string, known: Map<string, string | undefined>): string | undefined => {
  if (known.has(folder)) return known.get(folder);
  const parent = dirname(folder);
  const found = existsSync(join(folder, '.git')) ? folder : parent === folder ? undefined : repositoryOf(parent, known);
  known.set(folder, found);
  return found;
};

/** Size of an argument list that every system accepts. */
const BATCH_BYTES = 100_000;

const batchesOf = (names: readonly string[]): readonly (readonly string[])[] => {
  const batches: string[][] = [];
  let room = 0;
  for (const name of names) {
    const size = Buffer.byteLength(name) + 1;
    if (size > room) {
      batches.push([]);
      room = BATCH_BYTES;
    }
    batches.at(-1)?.push(name);
    room -= size;
  }
  return batches;
};

const listTracked = (repository: string, names: readonly string[]): Result<readonly string[]> => {
  const git = spawnSync('git', ['--literal-pathspecs', 'ls-files', '-z', '--', ...names], {
    cwd: repository,
    env: gitEnvironment(),
    maxBuffer: 64 * 1024 * 1024,
    encoding: 'utf8',
  });
  if (git.error !== undefined)
    return err(`cannot ask git which files it tracks in ${repository}: ${git.error.message}`);
  if (git.status !== 0) return err(`git cannot say which files it tracks in ${repository}: ${git.stderr.trim()}`);
  return ok(git.stdout.split('\0').filter((name) => name !== ''));
};
