import { execFileSync, type StdioOptions } from 'node:child_process';

/** The commit that is checked out in a folder; undefined without a commit, a repository or git. */
export const currentCommit = (folder: string): string | undefined => {
  try {
    const stdio: StdioOptions = ['ignore', 'pipe', 'ignore'];
    return (
      execFileSync('git', ['rev-parse', '--verify', '--quiet', 'HEAD'], {
        cwd: folder,
        encoding: 'utf8',
        stdio,
      }).trim() || undefined
    );
  } catch {
    return undefined;
  }
};
