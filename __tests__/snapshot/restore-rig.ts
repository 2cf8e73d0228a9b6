import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { ArchiveScope } from '../../src/checkpoint/archive-scope.js';
import type { Deletion } from '../../src/checkpoint/deletions.js';
import { packArchive, type PackedFile } from '../../src/snapshot/pack-archive.js';
import {
  restoreTree,
  type FileToOpen,
  type RestoreJob,
  type RestoreLink,
} from '../../src/snapshot/restore/restore-tree.js';
import { EVERYTHING, newArchives, type Archives } from './archives.js';
import { storeContent, storeDeletions } from './stored-rig.js';
import { buildTar, type BuiltMember } from '../machine/tar-builder.js';
import { newTempFolder, valueOf, type TempFolder } from '../machine/temp-folder.js';

/** One hand-made archive of a chain. */
export type BuiltLink = { readonly tree?: readonly BuiltMember[]; readonly deleted?: readonly Deletion[] };

/** A restore into an existing workspace, without paths to map. */
export const restoreJob = (
  temp: TempFolder,
  links: readonly RestoreLink[],
  more: Partial<RestoreJob> = {},
): RestoreJob => ({
  links,
  workspace: temp.at('workspace'),
  staging: temp.at('workspace/.work/staging'),
  scope: EVERYTHING,
  mapPath: { from: [], to: { workspace: '', temp: '', tool_cache: '' } },
  ...more,
});

/** Stores hand-made archives as a chain. */
export const buildChain = async (temp: TempFolder, links: readonly BuiltLink[]): Promise<readonly RestoreLink[]> => {
  const chain: RestoreLink[] = [];
  for (const [index, { tree, deleted }] of links.entries()) {
    const name = String(index);
    chain.push({
      ...(tree !== undefined && {
        tree: await storeContent(buildTar(tree), { folder: temp.path, name: `${name}.tree` }),
      }),
      ...(deleted !== undefined && {
        deleted: await storeDeletions(deleted, { folder: temp.path, name: `${name}.deleted` }),
      }),
    });
  }
  return chain;
};

/** A workspace whose steps are archived, and a second one in the state before these steps. */
export type TwoMachines = {
  readonly archives: Archives;
  /** Ends a step: its changes become the next archive of the chain. */
  readonly endStep: () => Promise<void>;
  readonly chain: () => readonly RestoreLink[];
  /** The workspace of the new attempt, and its parent folder. */
  readonly next: TempFolder;
  readonly nextWorkspace: string;
  readonly [Symbol.dispose]: () => void;
};

/** Prepares the first workspace, then copies it for the second. */
export const newTwoMachines = async (
  prepare: (archives: Archives) => void = () => {},
  scope: ArchiveScope = EVERYTHING,
): Promise<TwoMachines> => {
  const archives = await newArchives(scope);
  const next = newTempFolder();
  prepare(archives);
  await archives.list();
  execFileSync('cp', ['--archive', archives.workspace, next.at('workspace')]);
  const links: RestoreLink[] = [];
  const endStep = async (): Promise<void> => {
    await archives.take();
    const { before, after, target: tarFile } = archives.latest();
    const name = String(links.length + 1);
    const job = {
      tarFile,
      before,
      after,
      scope,
      unreadable: [],
      folder: next.path,
      name,
      compression: 'gzip' as const,
    };
    const { tree, deleted } = valueOf(await packArchive(job, { secrets: [] }));
    links.push({ ...(tree && { tree: toOpen(next, tree) }), ...(deleted && { deleted: toOpen(next, deleted) }) });
  };
  const dispose = (): void => {
    archives[Symbol.dispose]();
    next[Symbol.dispose]();
  };
  return {
    archives,
    endStep,
    chain: () => links,
    next,
    nextWorkspace: next.at('workspace'),
    [Symbol.dispose]: dispose,
  };
};

/** Restores the whole chain onto the second workspace. */
export const restoreNext = (machines: TwoMachines, more: Partial<RestoreJob> = {}): ReturnType<typeof restoreTree> =>
  restoreTree(restoreJob(machines.next, machines.chain(), more));

const toOpen = (folder: TempFolder, file: PackedFile): FileToOpen => ({
  file: join(folder.path, file.name),
  stored: { key: 'a-key', ...file },
});
