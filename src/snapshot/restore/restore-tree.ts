import { mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../base/result.js';
import type { ArchiveScope } from '../../checkpoint/archive-scope.js';
import { fromPath } from '../../checkpoint/tar/byte-name.js';
import type { MachinePaths } from '../../checkpoint/manifest.js';
import { createPathMapping, type PathMapping } from '../../checkpoint/map-paths.js';
import { adoptTree } from './adopt-tree.js';
import { findGnuTar } from '../tar/run-tar.js';
import { tryIoResult } from '../../machine/files/io-result.js';
import { removeTree } from '../../machine/files/remove-tree.js';
import { stageChain, type RestoreLink, type StagedChain } from './stage-chain.js';
import type { ChangedFolders } from './workspace-changes.js';

export type { FileToOpen } from '../sealed/unpack-file.js';
export type { RestoreLink } from './stage-chain.js';

/** A chain of archives to restore into a workspace. Plain JSON. */
export type RestoreJob = {
  /** In the order to be applied. */
  readonly links: readonly RestoreLink[];
  /** Absolute. */
  readonly workspace: string;
  /** Absolute; empty or absent, on the workspace's file system. It is removed at the end. */
  readonly staging: string;
  readonly scope: ArchiveScope;
  /** For sealed files. */
  readonly passphrase?: string;
  /** Paths of the machines that made the chain, the latest last, and of this one. */
  readonly mapPath: { readonly from: readonly MachinePaths[]; readonly to: MachinePaths };
};

/** How a restore ended. */
export type RestoreOutcome =
  /** `files` counts everything except folders, `bytes` their content, `deleted` names. */
  | { readonly kind: 'restored'; readonly files: number; readonly deleted: number; readonly bytes: number }
  /** The workspace is unchanged. */
  | { readonly kind: 'refused'; readonly because: string }
  /** The workspace could not be put back; the removed entries are still in the staging folder. */
  | { readonly kind: 'broken'; readonly message: string };

/**
 * Restores a workspace from a chain of archives: everything is checked and unpacked outside it first, then adopted. It
 * deletes only names that the chain deleted and leaves everything else.
 */
export const restoreTree = async (job: RestoreJob): Promise<RestoreOutcome> => {
  const folders = tryIoResult('cannot make room for a restore', () => makeStaging(job));
  if (!folders.ok) return { kind: 'refused', because: folders.error };
  const { links, scope, passphrase } = job;
  const staged = await stageChain({
    links,
    scope,
    ...(passphrase !== undefined && { passphrase }),
    tar: await findTar(),
    tree: folders.value.tree,
    mapTarget: targetMapping(job.mapPath),
  });
  if (!staged.ok) {
    removeTree(job.staging);
    return { kind: 'refused', because: staged.error };
  }
  const outcome = adopt(folders.value, staged.value);
  if (outcome.kind !== 'broken') removeTree(job.staging);
  return outcome;
};

/** Private to this user, because staged and displaced files have their final modes. */
const makeStaging = ({ workspace, staging }: RestoreJob): Result<ChangedFolders> => {
  mkdirSync(staging, { recursive: true, mode: 0o700 });
  if (readdirSync(staging).length > 0) return err(`${staging} holds what an earlier restore left there; remove it`);
  const [tree, displaced] = [join(staging, 'tree'), join(staging, 'displaced')];
  mkdirSync(tree);
  mkdirSync(displaced);
  return ok({
    workspace: Buffer.from(realpathSync(workspace)),
    tree: Buffer.from(tree),
    displaced: Buffer.from(displaced),
  });
};

/** Without GNU tar, another tar can unpack archives too. */
const findTar = async (): Promise<string> => (await findGnuTar(process.env))?.program ?? 'tar';

/** Targets of links are bytes, so the paths are converted to bytes too. */
const targetMapping = ({ from, to }: RestoreJob['mapPath']): PathMapping =>
  createPathMapping(from.map(pathsInBytes), pathsInBytes(to));

const pathsInBytes = ({ workspace, temp, tool_cache }: MachinePaths): MachinePaths => ({
  workspace: fromPath(Buffer.from(workspace)),
  temp: fromPath(Buffer.from(temp)),
  tool_cache: fromPath(Buffer.from(tool_cache)),
});

const adopt = (folders: ChangedFolders, staged: StagedChain): RestoreOutcome => {
  const adoption = adoptTree(folders, staged);
  if (adoption.kind !== 'adopted') return adoption;
  const bytes = [...staged.files.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return { kind: 'restored', files: staged.files.size, deleted: adoption.deleted, bytes };
};
