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

/** A chain of archives that is to be put into a workspace. Plain JSON. */
export type RestoreJob = {
  /** In the order to be applied. */
  readonly links: readonly RestoreLink[];
  /** Absolute. */
  readonly workspace: string;
  /** Absolute; empty or absent, and on the workspace's file system. It goes in the end. */
  readonly staging: string;
  readonly scope: ArchiveScope;
  /** For sealed files. */
  readonly passphrase?: string;
  /** The machines that the chain is from, the latest last, and this one. */
  readonly mapPath: { readonly from: readonly MachinePaths[]; readonly to: MachinePaths };
};

/** How a restore ended. */
export type RestoreOutcome =
  /** `files` counts all that are no folders, `bytes` their content, `deleted` names. */
  | { readonly kind: 'restored'; readonly files: number; readonly deleted: number; readonly bytes: number }
  /** The workspace is as it was. */
  | { readonly kind: 'refused'; readonly because: string }
  /** The workspace could not be put back; what was taken from it is still in the staging folder. */
  | { readonly kind: 'broken'; readonly message: string };

/**
 * Puts a workspace into the state that a chain of archives leads to: everything is checked and unpacked beside it first,
 * then adopted. It deletes only what the chain deleted and leaves what it does not know.
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

/** Apart from everyone else: what is unpacked has its final modes, and what is displaced keeps its own. */
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

/** Where there is no GNU tar another one can unpack archives too. */
const findTar = async (): Promise<string> => (await findGnuTar(process.env))?.program ?? 'tar';

/** Targets of links are bytes, so the places are taken as bytes too. */
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
