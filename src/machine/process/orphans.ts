import { err, ok, type Result } from '../../base/result.js';
import type { ProcessGroup } from '../../state/run-state.js';
import { endProcessTree, type TreeEnd } from './end-process-tree.js';

/** A step that was running when its run was interrupted. `step` is the value of `SAVEPOINT_STEP` in its processes. */
export type InterruptedStep = { readonly step: string; readonly group?: ProcessGroup };

const ORPHAN_GRACE_MS = 2000;

/**
 * Ends the remaining processes of interrupted steps and returns their number. Processes of other steps, and unrelated ones
 * that reuse a pid, are left alone. An error when some cannot be ended.
 */
export const endOrphans = async (interrupted: readonly InterruptedStep[], runId: string): Promise<Result<number>> => {
  const ends = await Promise.all(
    interrupted.map(async ({ step, group }) => ({ step, end: await endTree(step, group, runId) })),
  );
  const survivor = ends.find(({ end }) => end.left.length > 0);
  if (survivor !== undefined) return err(explainSurvivors(survivor.step, survivor.end.left));
  return ok(ends.reduce((sum, { end }) => sum + end.ended, 0));
};

const endTree = (step: string, group: ProcessGroup | undefined, runId: string): Promise<TreeEnd> => {
  const mark = { runId, step };
  const root = group === undefined ? { mark, fresh: false } : { group, mark, fresh: false };
  return endProcessTree(root, ORPHAN_GRACE_MS).done;
};

const explainSurvivors = (step: string, pids: readonly number[]): string =>
  `processes of the interrupted step "${step}" are still running and cannot be ended (process id ${pids.join(', ')}); end them yourself, then try again`;

/** Kills a process group that an earlier Savepoint process started, unless its id was reused since, and waits for its end. */
export const endGroup = async (group: ProcessGroup): Promise<void> => {
  await endProcessTree({ group, fresh: false }, 0).done;
};
