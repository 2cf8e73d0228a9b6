import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Files by path; one that starts with `#!` can be executed. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** The repository on GitHub's side. */
export type Repository = {
  /** The commit on `main`. */
  readonly sha: () => string;
  /** Adds or replaces files in a new commit. */
  readonly commit: (files: Files) => void;
  /** Does what `actions/checkout` does: clones, or updates an existing clone to the commit. */
  readonly checkOut: (workspace: string, options: { readonly clean: boolean }) => void;
};

/** Its full name. */
export const REPOSITORY = 'savepoint-ci/example';

/** The token that `actions/checkout` leaves in `.git/config`; this one gives no access. */
export const CHECKOUT_CREDENTIAL = Buffer.from('x-access-token:not-a-real-token').toString('base64');

/** Creates a repository with one commit; the same files give the same commit. */
export const makeRepository = (folder: string, files: Files): Repository => {
  const git = (...args: readonly string[]): string => runGit(folder, args);
  const commit = (changed: Files): void => {
    for (const [path, content] of Object.entries(changed)) writeFile(join(folder, path), content);
    git('add', '--all', '--force');
    git('commit', '--quiet', '--allow-empty', '--message', 'Work');
  };
  mkdirSync(folder);
  git('init', '--quiet', '--initial-branch', 'main');
  commit(files);
  return {
    sha: () => git('rev-parse', 'HEAD').trim(),
    commit,
    checkOut: (workspace, { clean }) => {
      if (!existsSync(join(workspace, '.git'))) return clone(folder, workspace);
      if (clean) runGit(workspace, ['clean', '-ffdx', '--quiet']);
      runGit(workspace, ['fetch', '--quiet', folder, 'main']);
      runGit(workspace, ['checkout', '--quiet', ...(clean ? ['--force'] : []), '-B', 'main', 'FETCH_HEAD']);
    },
  };
};

const clone = (folder: string, workspace: string): void => {
  runGit(dirname(workspace), ['clone', '--quiet', folder, workspace]);
  const url = `https://github.com/${REPOSITORY}`;
  runGit(workspace, ['remote', 'set-url', 'origin', url]);
  const credential = `AUTHORIZATION: basic ${CHECKOUT_CREDENTIAL}`;
  appendFileSync(join(workspace, '.git/config'), `[http "https://github.com/"]\n\textraheader = ${credential}\n`);
};

const runGit = (cwd: string, args: readonly string[]): string => {
  const when = '2030-01-01T00:00:00Z';
  const identity = { NAME: 'Someone', EMAIL: 'someone@example.com', DATE: when };
  const env = {
    PATH: process.env['PATH'] ?? '',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) =>
        Object.entries(identity).map(([key, value]) => [`GIT_${who}_${key}`, value]),
      ),
    ),
  };
  return execFileSync('git', [...args], { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
};

const writeFile = (target: string, content: string | Buffer): void => {
  mkdirSync(dirname(target), { recursive: true });
  const isScript = content.toString('latin1').startsWith('#!');
  writeFileSync(target, content, { mode: isScript ? 0o755 : 0o644 });
};
