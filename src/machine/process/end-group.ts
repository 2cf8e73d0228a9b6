import type { ProcessGroup } from '../../state/run-state.js';
import { endProcessTree } from './end-process-tree.js';

/** Kills a process group that an earlier process of ours has started, if it is still that one, and waits for its end. */
export const endGroup = async (group: ProcessGroup): Promise<void> => {
  await endProcessTree({ group, fresh: false }, 0).done;
};
