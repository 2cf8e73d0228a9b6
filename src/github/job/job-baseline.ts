import { join } from 'node:path';
import type { Pipeline } from '../../language/model/pipeline.js';
import type { ArchiveScope } from '../../checkpoint/archive-scope.js';
import { currentCommit } from '../../machine/workspace/git-commit.js';
import { findGnuTar, type GnuTar } from '../../snapshot/tar/run-tar.js';
import { takeListing, type TarReport } from '../../snapshot/take-archive.js';
import type { WorkDirectory } from '../../machine/workdir/work-directory.js';
import type { LockedJob } from './locked-job.js';

/** The workspace as the job found it. */
export type Baseline = {
  readonly commit: string;
  readonly tar: GnuTar | undefined;
  /** Path of tar's listing, if there is one. */
  readonly origin: string | undefined;
  readonly unreadable: TarReport['unreadable'];
};

/** Records the workspace before anything changes it; if that fails, it warns and there are no checkpoints. */
export const readBaseline = async ({
  facts,
  pipeline,
  workDir,
  folder,
  display,
  stores,
}: LockedJob): Promise<Baseline> => {
  const { workspace } = facts;
  const commit = currentCommit(workspace) ?? '';
  if (stores === undefined) return { commit, tar: undefined, origin: undefined, unreadable: [] };
  const tar = await findGnuTar({ PATH: facts.env['PATH'] });
  if (tar === undefined) {
    display.warning('there is no GNU tar here, so each checkpoint holds the whole workspace and no deletions');
    return { commit, tar, origin: undefined, unreadable: [] };
  }
  const listing = join(folder.listingsFolder, 'origin');
  const listed = await takeListing({ tar, workspace, scope: scopeOf(pipeline, workDir, workspace), listing });
  if (listed.ok) return { commit, tar, origin: listing, unreadable: listed.value.unreadable };
  display.warning(`no checkpoints: the workspace cannot be listed: ${listed.error}`);
  return { commit, tar, origin: undefined, unreadable: [] };
};

/** The part of the workspace that checkpoints hold. */
export const scopeOf = (
  { checkpoint: { include, exclude } }: Pipeline,
  { folder }: WorkDirectory,
  workspace: string,
): ArchiveScope => ({
  include,
  exclude,
  workDir: folder.slice(workspace.length + 1),
});
